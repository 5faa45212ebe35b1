"""Processes that a copy of the supervisor becomes, each in a supervisor of its own process."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config.child import die_with_parent

ROOT = Path(__file__).resolve().parents[2]
DEADLINE_SECONDS = 30.0  # for a machine that has much else to do

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing is forked")

SUPERVISOR = """
import fcntl, pathlib, sys, threading
from config.child import Process
from config.supervisor import Supervisor
folder = pathlib.Path(sys.argv[1])
lock = (folder / "lock").open("a")
fcntl.flock(lock, fcntl.LOCK_EX)
process = Process(name="own", argv=[sys.executable, str(folder / "own.py"), "a", "b"],
    env={"GIVEN": "here"}, folder=folder, forked=True)
s = Supervisor(processes=[process], say=print, log_dir=folder, pid_dir=folder)
with s:
    s.start()
    s.run_until(lambda: False)
"""
TELLS = """
import os, signal, sys, threading, time
print(__name__, sys.argv[1:], os.environ["GIVEN"], os.getcwd(), os.getsid(0) == os.getpid(),
    sorted(map(int, os.listdir("/proc/self/fd")))[:3], os.getpid(), flush=True)
"""
ENDS_WELL = """
def end(*_):
    print("ended well", flush=True)
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
"""
WAITS = "print('up', flush=True)\ntime.sleep(60)\n"


def soon(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


class Run:
    """A supervisor in a process of its own, whose one child runs the given code."""

    def __init__(self, folder: Path, code: str) -> None:
        self.folder = folder
        (folder / "own.py").write_text(code)
        self.log = folder / "own.log"
        self._popen = subprocess.Popen(
            [sys.executable, "-c", SUPERVISOR, str(folder)],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            preexec_fn=die_with_parent(signal.SIGKILL),  # noqa: PLW1509
        )

    def times_up(self) -> int:
        return self.log.read_text().count("up\n") if self.log.exists() else 0

    @property
    def pid(self) -> int:
        file = self.folder / "own.pid"
        assert soon(file.exists)  # the child may speak before its supervisor has written it
        return int(file.read_text())

    def end(self, number: signal.Signals) -> None:
        self._popen.send_signal(number)
        self._popen.wait(timeout=DEADLINE_SECONDS)


@pytest.fixture
def run(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Run]:
    running = Run(tmp_path, request.param)
    try:
        assert soon(lambda: running.times_up() == 1)
        yield running
    finally:
        running.end(signal.SIGKILL)


class TestForked:
    @pytest.mark.parametrize("run", [TELLS + WAITS], indirect=True)
    def test_finds_what_a_new_interpreter_would_find(self, run: Run) -> None:
        said = run.log.read_text().splitlines()[0]

        expected = f"__main__ ['a', 'b'] here {run.folder} True [0, 1, 2] {run.pid}"
        assert said == expected
        assert Path(f"/proc/{run.pid}/comm").read_text() == "own\n"

    @pytest.mark.parametrize("run", [TELLS + WAITS], indirect=True)
    def test_holds_nothing_open_that_its_supervisor_holds(self, run: Run) -> None:
        links = [link.readlink() for link in Path(f"/proc/{run.pid}/fd").iterdir()]

        assert run.folder / "lock" not in links
        assert links.count(run.log) == 2

    @pytest.mark.parametrize("run", [TELLS + WAITS], indirect=True)
    def test_is_forked_again_when_it_was_killed(self, run: Run) -> None:
        first = run.pid

        os.kill(first, signal.SIGKILL)

        assert soon(lambda: run.times_up() == 2)
        assert soon(lambda: run.pid != first)

    @pytest.mark.parametrize("run", [TELLS + WAITS], indirect=True)
    def test_dies_with_its_supervisor(self, run: Run) -> None:
        pid = run.pid

        run.end(signal.SIGKILL)

        assert soon(lambda: not alive(pid))

    @pytest.mark.parametrize("run", [TELLS + ENDS_WELL + WAITS], indirect=True)
    def test_is_asked_to_end_and_hears_it(self, run: Run) -> None:
        pid = run.pid

        run.end(signal.SIGTERM)

        assert not alive(pid)
        assert run.log.read_text().endswith("ended well\n")

    @pytest.mark.parametrize("run", [TELLS + WAITS], indirect=True)
    def test_does_not_keep_its_supervisors_way_with_signals(self, run: Run) -> None:
        pid = run.pid

        os.kill(pid, signal.SIGTERM)

        assert soon(lambda: not alive(pid))


class TestLoadOnce:
    def test_reads_no_setting_and_opens_nothing(self) -> None:
        """What is forked from it must not share a key, a connection or a thread."""
        look = "len(os.listdir('/proc/self/fd')), threading.active_count()"
        code = (
            "import os, sys, threading\n"
            f"before = {look}\n"
            "from config.forked import load_once\n"
            "load_once()\n"
            "from django.apps import apps\n"
            "from django.conf import settings\n"
            f"assert before == ({look}), ({look})\n"
            "assert not settings.configured and not apps.ready\n"
            "assert 'config.settings' not in sys.modules\n"
        )
        environ = {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"}

        done = subprocess.run([sys.executable, "-c", code], check=False, cwd=ROOT, env=environ)

        assert done.returncode == 0
