"""The embedded servers, for real: started, killed, started again."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from config.child import user_arguments
from config.sentences import SentenceError
from config.services import embedded_servers, home
from config.services.home import HomeTakenError
from config.services.running import running_servers, write_note
from config.supervisor import Supervisor

ROOT = Path(__file__).resolve().parents[2]
DEADLINE_SECONDS = 15.0


@pytest.fixture(scope="module")
def var() -> Iterator[Path]:
    """A folder that a server's user can reach, deep enough for no Unix socket to fit in."""
    base = Path(tempfile.mkdtemp(prefix="yunhu-services-"))
    base.chmod(0o755)
    deep = base / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True)
    yield deep
    shutil.rmtree(base)


@pytest.fixture
def running(var: Path, tmp_path: Path) -> Iterator[tuple[str, str, Supervisor]]:
    with embedded_servers(var=var, instance="t", environ={}) as servers:
        supervisor = Supervisor(
            processes=servers.processes, say=lambda line: None, log_dir=tmp_path
        )
        with supervisor:
            supervisor.start()
            yield servers.database_url, servers.redis_url, supervisor


def query(url: str, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def answers(url: str) -> bool:
    try:
        query(url, "SELECT 1")
    except psycopg.OperationalError:
        return False
    return True


def pings(url: str) -> bool:
    try:
        with redis.Redis.from_url(url) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def soon(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


class TestEmbeddedServers:
    @pytest.mark.long
    def test_keep_what_was_committed_through_a_kill_of_both(
        self, running: tuple[str, str, Supervisor]
    ) -> None:
        database, broker, supervisor = running
        query(database, "CREATE TABLE IF NOT EXISTS kept AS SELECT 42 AS answer")
        with redis.Redis.from_url(broker) as client:
            client.set("kept", "42")
        assert soon(lambda: b"kept" in aof(supervisor))

        first = supervisor.pids()
        for pid in first.values():
            os.kill(pid, signal.SIGKILL)
        deadline = time.monotonic() + DEADLINE_SECONDS
        supervisor.run_until(
            lambda: (
                time.monotonic() > deadline
                or (
                    not set(first.values()) & set(supervisor.pids().values())
                    and answers(database)
                    and pings(broker)
                )
            )
        )

        assert query(database, "SELECT answer FROM kept") == [(42,)]
        with redis.Redis.from_url(broker) as client:
            assert client.get("kept") == b"42"

    def test_let_nobody_in_without_the_password(
        self, running: tuple[str, str, Supervisor]
    ) -> None:
        database, broker, _ = running

        password = broker.removeprefix("redis://:").split("@")[0]
        assert password in database
        for wrong in ("", "wrong"):
            assert not answers(database.replace(password, wrong))
            assert not pings(broker.replace(password, wrong))
        assert answers(database)
        assert pings(broker)

    def test_show_no_password_to_other_users(self, running: tuple[str, str, Supervisor]) -> None:
        _, broker, supervisor = running
        password = broker.removeprefix("redis://:").split("@")[0]

        for pid in supervisor.pids().values():
            assert password not in Path(f"/proc/{pid}/cmdline").read_text()

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root changes users")
    def test_never_run_as_root(self, running: tuple[str, str, Supervisor]) -> None:
        for pid in running[2].pids().values():
            assert Path(f"/proc/{pid}").stat().st_uid != 0

    def test_are_held_by_one_run_at_a_time(
        self, var: Path, running: tuple[str, str, Supervisor]
    ) -> None:
        with (
            pytest.raises(HomeTakenError, match="already running in this folder"),
            embedded_servers(var=var, instance="t", environ={}),
        ):
            pytest.fail("held twice")

    def test_are_not_prepared_when_both_are_named(self, tmp_path: Path) -> None:
        environ = {"DATABASE_URL": "postgresql://d/d", "REDIS_URL": "redis://r"}

        with embedded_servers(var=tmp_path, instance="t", environ=environ) as servers:
            assert servers.environ() == environ
            assert servers.processes == ()
        assert list(tmp_path.iterdir()) == []

    def test_are_prepared_one_by_one(self, var: Path) -> None:
        environ = {"DATABASE_URL": "postgresql://d/d"}

        with embedded_servers(var=var, instance="t", environ=environ) as servers:
            assert [process.name for process in servers.processes] == ["broker"]

    def test_start_although_a_stranger_has_the_pid_of_a_killed_one(
        self, var: Path, tmp_path: Path
    ) -> None:
        with embedded_servers(var=var, instance="t", environ={}) as servers:
            process = servers.processes[0]
        data = Path(process.argv[process.argv.index("-D") + 1])
        stranger = subprocess.Popen(
            ["/bin/sleep", "60"],
            **user_arguments(process.user),
        )
        (data / "postmaster.pid").write_text(f"{stranger.pid}\n{data}\n1\n1\n\n\n\n")

        try:
            with embedded_servers(var=var, instance="t", environ={}) as servers:
                supervisor = Supervisor(
                    processes=servers.processes[:1], say=lambda line: None, log_dir=tmp_path
                )
                with supervisor:
                    assert supervisor.start()
                    assert stranger.poll() is None
        finally:
            stranger.kill()
            stranger.wait()

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root owns what its servers cannot reach")
    def test_live_elsewhere_when_the_checkout_is_private(
        self, var: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(home, "ELSEWHERE", var.parents[1] / "lib")
        tmp_path.chmod(0o700)

        with embedded_servers(var=tmp_path, instance="t", environ={}) as servers:
            data = servers.processes[0].argv[2]

        assert data.startswith(str(var.parents[1] / "lib"))

    def test_are_a_sentence_when_the_folder_cannot_be_written(self, tmp_path: Path) -> None:
        (tmp_path / "var").touch()

        with (
            pytest.raises(SentenceError, match=r"cannot be written .* set DATABASE_URL"),
            embedded_servers(var=tmp_path / "var", instance="t", environ={}),
        ):
            pytest.fail("prepared in a file")


def aof(supervisor: Supervisor) -> bytes:
    """Return what the broker has written down."""
    folder = Path(f"/proc/{supervisor.pids()['broker']}/cwd").readlink() / "appendonlydir"
    return b"".join(file.read_bytes() for file in folder.glob("*.aof"))


class TestSupervisorKilled:
    SCRIPT = (
        "import pathlib, sys\n"
        "from config.services import embedded_servers\n"
        "from config.supervisor import Supervisor\n"
        "from config.services.running import write_note\n"
        "var = pathlib.Path(sys.argv[1])\n"
        "with embedded_servers(var=var, instance='k', environ={}) as servers:\n"
        "    s = Supervisor(processes=servers.processes, say=print, log_dir=var)\n"
        "    s.start(); write_note(path=var / 'note', servers=servers)\n"
        "    s.run_until(lambda: False)\n"
    )

    def start(self, var: Path) -> tuple[subprocess.Popen[bytes], dict[str, str]]:
        (var / "note").unlink(missing_ok=True)
        parent = subprocess.Popen(
            [sys.executable, "-c", self.SCRIPT, str(var)], cwd=ROOT, stdout=subprocess.DEVNULL
        )
        assert soon(lambda: running_servers(path=var / "note") != {})
        return parent, running_servers(path=var / "note")

    @pytest.mark.long
    def test_leaves_nothing_running_and_the_next_start_has_the_data(self, var: Path) -> None:
        parent, urls = self.start(var)
        query(urls["DATABASE_URL"], "CREATE TABLE survivor AS SELECT 1 AS one")
        parent.kill()
        parent.wait()
        second, again = self.start(var)  # at once: the old servers may still be going down

        assert not answers(urls["DATABASE_URL"])
        assert query(again["DATABASE_URL"], "SELECT one FROM survivor") == [(1,)]
        second.terminate()
        second.wait()
        assert not answers(again["DATABASE_URL"])
        assert soon(lambda: not pings(again["REDIS_URL"]))
        assert soon(lambda: not (var / "data" / "k" / "pg18" / "postmaster.pid").exists())


class TestRunningServers:
    def test_are_found_while_they_answer(
        self, running: tuple[str, str, Supervisor], var: Path, tmp_path: Path
    ) -> None:
        database, broker, supervisor = running
        environ = {"DATABASE_URL": database, "REDIS_URL": broker}
        with embedded_servers(var=var, instance="t", environ=environ) as servers:
            write_note(path=tmp_path / "note", servers=servers)

        assert (tmp_path / "note").stat().st_mode & 0o777 == 0o600
        assert running_servers(path=tmp_path / "note") == environ
        supervisor.stop()
        assert running_servers(path=tmp_path / "note") == {}

    @pytest.mark.parametrize("text", [None, "", "{", "{}"])
    def test_are_nowhere_without_a_note(self, tmp_path: Path, text: str | None) -> None:
        if text is not None:
            (tmp_path / "note").write_text(text)

        assert running_servers(path=tmp_path / "note") == {}
