"""Imports whose process is killed with SIGKILL at its worst moments."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection, transaction

from compliance import vault
from compliance.imports.progress import was_interrupted
from compliance.imports.readers import MANY
from compliance.imports.rows import BLOCK
from compliance.models import ListImport, Refusal
from tests.compliance.imports.house import House, build_house
from tests.compliance.imports.refusing import staging_tables
from tests.races.swarm import ROOT, environment

ROWS = MANY + 400  # enough for a second process, and for many blocks
TWO_BLOCKS = BLOCK + 2_000  # rows, more than one block
PATIENCE = 60  # seconds


@pytest.fixture
def house(transactional_db: None) -> House:
    vault._cipher.cache_clear()  # seal with the keys that the process is given
    return build_house()


@pytest.fixture
def long_list(tmp_path: Path) -> Path:
    return write_list(tmp_path / "long.csv", rows=ROWS)


def write_list(path: Path, *, rows: int) -> Path:
    path.write_text("手机号\n" + "".join(f"138{at * 7:08d}\n" for at in range(rows)))
    return path


def start(path: Path) -> "subprocess.Popen[bytes]":
    argv = [sys.executable, "-m", "django", "refusals_import", str(path), "--by", "compliance"]
    env = {**environment(), "DJANGO_SETTINGS_MODULE": "config.settings"}
    return subprocess.Popen(
        [*argv, "--yes", "--json"],
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )


@contextmanager
def importing(path: Path) -> Iterator["subprocess.Popen[bytes]"]:
    process = start(path)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, "It did not come to that."
        time.sleep(0.01)


def finish(path: Path) -> None:
    with importing(path) as process:
        process.wait(timeout=PATIENCE * 2)
        assert process.returncode == 0


def live_readers(path: Path) -> list[int]:
    """Return the processes that have the list in their command line."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if str(path).encode() in (folder / "cmdline").read_bytes():
                found.append(int(folder.name))
        except OSError:
            continue
    return found


class TestAnImportThatIsKilled:
    @pytest.mark.long
    def test_while_it_reads_is_begun_anew(self, house: House, long_list: Path) -> None:
        with importing(long_list) as process:
            wait_until(lambda: ListImport.objects.filter(rows_read__gt=0).exists())
            os.kill(process.pid, signal.SIGKILL)
        killed = ListImport.objects.get()
        wait_until(lambda: was_interrupted(killed))
        assert killed.stage in ("reading", "comparing")
        assert Refusal.objects.count() == 0
        wait_until(lambda: not live_readers(long_list))  # the children go with it

        finish(long_list)

        killed.refresh_from_db()
        assert killed.stage == "broken"
        assert Refusal.objects.count() == ROWS
        assert staging_tables() == []

    @pytest.mark.long
    def test_while_it_is_applied_is_applied_once_and_whole(
        self, house: House, tmp_path: Path
    ) -> None:
        path = write_list(tmp_path / "blocks.csv", rows=TWO_BLOCKS)
        with importing(path) as process, transaction.atomic():
            with connection.cursor() as cursor:  # nobody can insert, everybody can read
                cursor.execute("LOCK TABLE compliance_refusal IN SHARE ROW EXCLUSIVE MODE")
            wait_until(lambda: ListImport.objects.filter(stage="applying").exists())
            time.sleep(0.5)  # into the transaction
            os.kill(process.pid, signal.SIGKILL)
        killed = ListImport.objects.get()
        wait_until(lambda: was_interrupted(killed))
        assert Refusal.objects.count() == 0

        finish(path)

        killed.refresh_from_db()
        assert (ListImport.objects.count(), killed.stage) == (1, "applied")  # the same one went on
        assert Refusal.objects.count() == TWO_BLOCKS
        assert staging_tables() == []
