"""A whole demo in a folder of its own: started, watched from outside, stopped."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from config.child import die_with_parent
from config.services.running import running_servers

ROOT = Path(__file__).resolve().parents[2]
SERVERS_OF_OTHERS = ("DATABASE_URL", "DATABASE_URL_FILE", "REDIS_URL", "REDIS_URL_FILE")
START_SECONDS = 240.0  # on a busy machine, a database from nothing included
LOOK_SECONDS = 0.02


def soon(condition: Callable[[], bool], *, seconds: float) -> bool:
    """Return True as soon as the condition holds, False at the deadline."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(LOOK_SECONDS)
    return True


class Demo:
    """One run of `manage.py demo`."""

    def __init__(self, *, folder: Path, words: tuple[str, ...]) -> None:
        """Start it on servers of its own, whatever servers this test run has."""
        self.folder = folder
        self.records = folder / "demo" / "carrier.csv"
        self._note = folder / "run" / "servers.json"
        self._stdout = folder / "stdout"
        for left in (self.records, self._note):  # of an earlier run
            left.unlink(missing_ok=True)
        self.started_at = time.monotonic()
        with self._stdout.open("wb") as out, (folder / "stderr").open("wb") as err:
            self._popen = subprocess.Popen(
                [
                    *(sys.executable, "manage.py", "demo", "--json"),
                    *words,
                    "--folder",
                    str(folder),
                ],
                cwd=ROOT,
                env=self.environ(),
                stdout=out,
                stderr=err,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGINT),  # noqa: PLW1509 - no threads here
            )

    @property
    def pid(self) -> int:
        """The supervisor's own process."""
        return self._popen.pid

    def environ(self) -> dict[str, str]:
        """Return what the demo's commands are to see: its own keys, none of our servers."""
        ours = {name: value for name, value in os.environ.items() if name not in SERVERS_OF_OTHERS}
        return {**ours, "KEYS_DIR": str(self.folder / "keys"), "YUNHU_BOOTSTRAP": "off"}

    def servers(self) -> dict[str, str]:
        """Return the addresses of its servers, or nothing while the database does not answer."""
        return running_servers(path=self._note)

    def pids(self) -> dict[str, int]:
        """Return the process ids of everything that the supervisor runs now, by name."""
        found = {}
        for file in (self.folder / "run").glob("*.pid"):
            with contextlib.suppress(OSError, ValueError):  # it is being written
                found[file.stem] = int(file.read_text())
        return found

    def invites(self) -> int:
        """Return how many calls the carrier has taken down."""
        try:
            return max(0, self.records.read_bytes().count(b"\n") - 1)
        except FileNotFoundError:
            return 0

    def figures(self) -> dict[str, Any] | None:
        """Return the figures that the demo gives at the sample's end, None before."""
        lines = self._stdout.read_text().splitlines()
        found: dict[str, Any] | None = json.loads(lines[-1]) if lines else None
        return found

    def wait_for_calls(self, *, at_least: int = 1) -> float:
        """Wait until calls have reached the carrier; return the seconds since the start."""
        self.wait(lambda: self.invites() >= at_least, seconds=START_SECONDS)
        return time.monotonic() - self.started_at

    def wait(self, condition: Callable[[], bool], *, seconds: float) -> None:
        """Wait for a condition while the demo runs."""
        met = soon(lambda: condition() or self._popen.poll() is not None, seconds=seconds)
        assert met, f"not within {seconds} s; the demo's last words:\n{self.last_words()}"
        code = self._popen.returncode  # none while it runs: then the condition has been met
        ended = f"the demo ended, exit code {code}; last words:\n{self.last_words()}"
        assert code is None or condition(), ended

    def let_run(self, *, seconds: float) -> None:
        """Leave the demo alone for a while."""
        until = time.monotonic() + seconds
        self.wait(lambda: time.monotonic() >= until, seconds=2 * seconds + 1)

    def last_words(self) -> str:
        """Return the end of what the demo has told its user."""
        return "\n".join((self.folder / "stderr").read_text().splitlines()[-12:])

    def ended(self, *, seconds: float) -> int:
        """Wait for its end; return its exit code."""
        return self._popen.wait(timeout=seconds)

    def kill(self) -> None:
        """End the supervisor, and only it, with SIGKILL."""
        self._popen.kill()
        self._popen.wait()

    def stop(self) -> None:
        """Stop it as Ctrl-C does."""
        if self._popen.poll() is None:
            self._popen.send_signal(signal.SIGINT)
            self.ended(seconds=60)


@contextlib.contextmanager
def demo(folder: Path, *words: str) -> Iterator[Demo]:
    """Run a demo for the block."""
    running = Demo(folder=folder, words=words)
    try:
        yield running
    finally:
        running.stop()


def family(pid: int) -> set[int]:
    """Return a process and all that descend from it."""
    parents = dict(filter(None, map(_pid_and_parent, Path("/proc").glob("[0-9]*/stat"))))
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def memory_mb(pid: int) -> float:
    """Return what a process and its descendants occupy together; what they share counts once."""
    return sum(map(_pss_kb, family(pid))) / 1024


def processor_seconds(pid: int) -> float:
    """Return what a process and its descendants, those that ended too, have computed."""
    return sum(map(_ticks, family(pid))) / os.sysconf("SC_CLK_TCK")


def _ticks(pid: int) -> int:
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return sum(map(int, words[11:15]))  # utime, stime, cutime, cstime: proc_pid_stat(5)


def alive(pid: int) -> bool:
    """Tell whether a process runs; one that has ended and waits to be reaped does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def _pid_and_parent(stat: Path) -> tuple[int, int] | None:
    try:
        return int(stat.parent.name), int(stat.read_text().rpartition(")")[2].split()[1])
    except (FileNotFoundError, ProcessLookupError):  # it has just ended
        return None


def _pss_kb(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
