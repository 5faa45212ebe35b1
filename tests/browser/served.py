"""A console on a port of its own, of what is in the database of the tests."""

import functools
import os
import signal
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

from config.child import die_with_parent
from tests.chaos.demo import alive, soon

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 30.0
END_SECONDS = 10.0
RUNNING = "Uvicorn running on "


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A console that answers."""

    url: str
    pid: int

    def kill(self) -> None:
        """End it at once."""
        os.kill(self.pid, signal.SIGKILL)


@contextmanager
def serving(keys: Path) -> Iterator[Served]:
    """Serve the console of what is in the database; show what it said at the end."""
    with tempfile.NamedTemporaryFile(mode="r", prefix="yunhu-console-") as said:
        copies = _copies(_database_url(), str(keys))
        assert copies.stdin is not None
        assert copies.stdout is not None
        copies.stdin.write(f"{said.name}\n")
        copies.stdin.flush()
        pid = int(copies.stdout.readline())
        try:
            yield Served(url=_address(said.name, pid), pid=pid)
        finally:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
            ended = soon(lambda: not alive(pid), seconds=END_SECONDS)
            sys.stderr.write(said.read())
            assert ended, "The console did not end."


@functools.cache
def _copies(database_url: str, keys: str) -> "subprocess.Popen[str]":
    """Start what loads the console; it ends with this process."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.browser.copies"],
        cwd=ROOT,
        env=os.environ
        | {
            "DATABASE_URL": database_url,
            "KEYS_DIR": keys,
            "DJANGO_SETTINGS_MODULE": "config.settings",
        },
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=die_with_parent(signal.SIGTERM),  # noqa: PLW1509
    )


def _database_url() -> str:
    """Return the URL of the database that the tests run on."""
    at = connection.settings_dict
    host = str(at["HOST"] or "")
    place = f"{host}:{at['PORT']}" if at["PORT"] and not host.startswith("/") else host
    if host.startswith("/"):
        return f"postgresql://{at['USER']}:{at['PASSWORD']}@/{at['NAME']}?host={host}&port={at['PORT']}"
    return f"postgresql://{at['USER']}:{at['PASSWORD']}@{place}/{at['NAME']}"


def _address(said: str, pid: int) -> str:
    """Wait until the server says where it listens, and answers there."""
    told = Path(said)
    soon(lambda: RUNNING in told.read_text() or not alive(pid), seconds=START_SECONDS)
    words = told.read_text()
    assert RUNNING in words, f"The console did not start:\n{words}"
    url = words.split(RUNNING)[1].split()[0]
    with urllib.request.urlopen(f"{url}/login/", timeout=START_SECONDS) as answer:  # noqa: S310
        assert answer.status == 200
    return url
