"""What a command of manage.py runs, and with which servers."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import commands
from config.sentences import SentenceError

ROOT = Path(__file__).resolve().parents[2]
UNNAMED = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "REDIS_URL"}}


@pytest.fixture
def no_demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("REDIS_URL", raising=False)
    monkeypatch.setattr(commands, "NOTE", tmp_path / "servers.json")


@pytest.mark.usefixtures("no_demo")
class TestRun:
    def test_says_how_to_get_a_database(self) -> None:
        with pytest.raises(SentenceError, match=r"no database: .* demo"):
            commands.run(["manage.py", "migrate"])

    @pytest.mark.parametrize("arguments", [["check"], ["migrate", "--help"], ["help", "migrate"]])
    def test_needs_no_server_to_look_at_code(
        self, arguments: list[str], capsys: pytest.CaptureFixture[str]
    ) -> None:
        if "--help" in arguments:
            with pytest.raises(SystemExit) as caught:
                commands.run(["manage.py", *arguments])
            assert caught.value.code == 0
        else:
            assert commands.run(["manage.py", *arguments]) == 0


@pytest.fixture
def var() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="yunhu-test-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


class TestTest:
    RUN = (
        "import sys, pathlib; from config.run_tests import main;"
        "sys.exit(main({0!r}, var=pathlib.Path({1!r})))"
    )

    @pytest.mark.long
    def test_runs_on_servers_of_its_own_and_passes_the_exit_code_on(self, var: Path) -> None:
        inner = var / "test_inner.py"
        inner.write_text(
            "import os, psycopg, pytest, redis\n"
            "def test_servers():\n"
            "    with psycopg.connect(os.environ['DATABASE_URL']) as c:\n"
            "        assert c.execute('SELECT 1').fetchone() == (1,)\n"
            "    with redis.Redis.from_url(os.environ['REDIS_URL']) as c: assert c.ping()\n"
            "@pytest.mark.long\n"
            "def test_long(): assert False\n"
        )
        arguments = [str(inner), "-q", "-n", "0", "-p", "no:cacheprovider"]
        short, long = (
            subprocess.Popen(
                [sys.executable, "-c", self.RUN.format(more, str(var))],
                cwd=ROOT,
                env=UNNAMED,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            for more in (arguments, ["--long", *arguments])
        )

        said = [process.communicate(timeout=60)[0] for process in (short, long)]

        assert "1 passed, 1 deselected" in said[0]
        assert "1 failed, 1 passed" in said[1]
        assert (short.returncode, long.returncode) == (0, 1)
        assert "数据库已停止 · The database has stopped" in said[0]
        assert sorted(p.name for p in (var / "data").glob("test-*")) == ["test-1", "test-2"]
