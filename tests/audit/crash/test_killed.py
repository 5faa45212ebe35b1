"""Writers, two sequencers and the database, killed at random while entries are written."""

import json
import os
import random
import secrets
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from config.env import NO_REDIS
from config.services import embedded_servers
from config.supervisor import Supervisor

pytestmark = [pytest.mark.long, pytest.mark.timeout(900), pytest.mark.usefixtures("sockets")]

ROOT = Path(__file__).resolve().parents[3]
WRITERS = 4
SEQUENCERS = 2
CHANCE = 0.02  # of a sequencer's own death, at each of its steps
PATIENCE = 120  # seconds until all is sealed, once nobody is killed any more


class Floor:
    """A database server of its own, and the processes that are to be killed."""

    def __init__(self, *, folder: Path, supervisor: Supervisor, url: str) -> None:
        self.folder = folder
        self.kills: Counter[str] = Counter()
        self._supervisor = supervisor
        self._chance = random.Random(20261122)
        self._running: dict[str, int] = {}  # process ids
        self._next_kill = 0.0
        self._env = {
            **os.environ,
            "DATABASE_URL": url,
            "REDIS_URL": NO_REDIS,
            "KEYS_DIR": str(folder / "keys"),
            "AUDIT_ORIGIN": "crash.yunhu.localhost/1",
            "AUDIT_SIGNER_DIR": str(folder / "signer"),
            "AUDIT_PUBLISH_DIR": str(folder / "published"),
            "AUDIT_SIGN_SECONDS": "1",
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }

        self._nursery: subprocess.Popen[str] | None = None

    def open(self) -> None:
        self._nursery = subprocess.Popen(
            [sys.executable, "-m", "tests.audit.crash.nursery"],
            cwd=ROOT,
            env=self._env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def manage(self, *words: str) -> None:
        argv = [sys.executable, "-m", "django", *words]
        subprocess.run(argv, cwd=ROOT, env=self._env, check=True, stdout=subprocess.DEVNULL)

    def judge(self) -> dict[str, Any]:
        files = sorted(str(path) for path in self.folder.glob("writer-*.txt"))
        argv = [sys.executable, "-m", "tests.audit.crash.judge", *files]
        said = subprocess.run(argv, cwd=ROOT, env=self._env, check=True, stdout=subprocess.PIPE)
        judged: dict[str, Any] = json.loads(said.stdout)
        return judged

    def status(self) -> dict[str, Any] | None:
        argv = [sys.executable, "-m", "django", "audit_status", "--json"]
        done = subprocess.run(
            argv, cwd=ROOT, env=self._env, check=False, capture_output=True, text=True
        )
        return json.loads(done.stdout) if done.returncode == 0 else None

    def tend(self) -> None:
        """Start again whatever has died, the database too."""
        self._supervisor.run_until(lambda: True)
        self._supervisor.run_until(_later(0.1))
        for number in range(WRITERS):
            self._start(f"writer-{number}", str(self.folder / f"writer-{number}.txt"), "seed")
        for number in range(SEQUENCERS):
            self._start(f"sealer-{number}", "seed", str(CHANCE))

    def kill_something(self) -> None:
        if time.monotonic() < self._next_kill:
            return
        self._next_kill = time.monotonic() + self._chance.uniform(0.05, 0.9)
        what = self._chance.choices(["writer", "sealer", "backend", "database"], [6, 6, 1, 0.5])[0]
        victim = self._victim(what)
        if victim is None:
            return
        with suppress(ProcessLookupError):
            os.kill(victim, signal.SIGQUIT if what == "database" else signal.SIGKILL)
            self.kills[what] += 1

    def _victim(self, what: str) -> int | None:
        database = self._supervisor.pids().get("database")
        if what == "database":
            return database
        if what == "backend":
            found = [] if database is None else _backends(database)
            return self._chance.choice(found) if found else None
        number = self._chance.randrange(WRITERS if what == "writer" else SEQUENCERS)
        return self._running[f"{what}-{number}"]

    def _start(self, name: str, *words: str) -> None:
        if name in self._running and _lives(self._running[name]):
            return
        assert self._nursery is not None
        assert self._nursery.stdin is not None
        assert self._nursery.stdout is not None
        self.kills["started"] += 1
        said = [str(self._chance.randrange(1 << 30)) if word == "seed" else word for word in words]
        log = str(self.folder / f"{name}.log")
        print(name.partition("-")[0], log, *said, file=self._nursery.stdin, flush=True)
        self._running[name] = int(self._nursery.stdout.readline())

    def calm_down(self) -> None:
        """End all, and let one sequencer that nobody kills finish the work."""
        self.end()
        self._supervisor.run_until(lambda: self.status() is not None)
        self._start("sealer-last", "1", "0")
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            self._supervisor.run_until(_later(0.5))
            found = self.status()
            if found and not found["pending"] and found["size"] == found["checkpoint_size"]:
                break
        self.end()

    def end(self) -> None:
        for pid in self._running.values():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._running.clear()

    def close(self) -> None:
        self.end()
        if self._nursery is not None:
            self._nursery.kill()
            self._nursery.communicate()


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _later(seconds: float) -> Callable[[], bool]:
    until = time.monotonic() + seconds
    return lambda: time.monotonic() >= until


def _backends(postmaster: int) -> list[int]:
    """Return the server's processes that serve a session of the database."""
    argv = ["ps", "-o", "pid=,args=", "--ppid", str(postmaster)]
    said = subprocess.run(argv, check=False, capture_output=True, text=True).stdout
    return [int(line.split()[0]) for line in said.splitlines() if " yunhu crash_" in line]


def deaths_in(log: Path) -> list[str]:
    """Return at which steps a sequencer killed itself."""
    lines = log.read_text(errors="replace").splitlines()
    return [line for line in lines if line.startswith("dies at ")]


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    named = {"DATABASE_URL": "", "REDIS_URL": NO_REDIS}
    var = ROOT / "var"
    with (
        embedded_servers(var=var, instance="crash", environ=named) as servers,
        Supervisor(
            processes=servers.processes, say=lambda _: None, log_dir=var / "log"
        ) as supervisor,
    ):
        assert supervisor.start()
        name = f"crash_{secrets.token_hex(4)}"
        with psycopg.connect(servers.database_url, autocommit=True) as server:
            server.execute(f"CREATE DATABASE {name}")
        url = urlunsplit(urlsplit(servers.database_url)._replace(path=f"/{name}"))
        one = Floor(folder=tmp_path, supervisor=supervisor, url=url)
        try:
            one.manage("migrate", "--verbosity", "0")
            one.manage("keys_make")
            one.open()
            yield one
        finally:
            one.close()
            supervisor.run_until(lambda: one.status() is not None)
            with psycopg.connect(servers.database_url, autocommit=True) as server:
                server.execute(f"DROP DATABASE {name} WITH (FORCE)")


class TestALogThatIsKilled:
    def test_loses_doubles_and_invents_nothing(
        self, floor: Floor, pytestconfig: pytest.Config
    ) -> None:
        until = time.monotonic() + float(pytestconfig.getoption("--crash-seconds"))
        while time.monotonic() < until:
            floor.tend()
            floor.kill_something()

        floor.calm_down()

        judged = floor.judge()
        deaths = Counter(
            line for log in floor.folder.glob("sealer-*.log") for line in deaths_in(log)
        )
        sys.stderr.write(f"{dict(deaths)}\n")
        sys.stderr.write(json.dumps({"kills": dict(floor.kills), **judged}) + "\n")
        assert {name: judged[name] for name in ("lost", "duplicate", "phantom", "gaps")} == {
            **dict.fromkeys(("lost", "duplicate", "phantom", "gaps"), 0)
        }
        assert judged["findings"] == []
        assert (judged["inconsistent"], judged["pending"], judged["quarantined"]) == (0, 0, 0)
        assert judged["stopped"] == ""
        assert judged["newest"] == judged["size"] == judged["entries"] > 100
        assert floor.kills["sealer"]
        assert floor.kills["writer"]
