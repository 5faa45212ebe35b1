"""One process of the supervisor: how it starts, how it dies with its parent, how it is stopped."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, TypedDict

from config.forked import Forked

LONG_LIFE_SECONDS = 10.0
LOG_BYTES = 20_000_000
PR_SET_PDEATHSIG = 1  # prctl(2)
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass(frozen=True, kw_only=True)
class Account:
    """A user of the operating system."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True, kw_only=True)
class Process:
    """What to run, as whom, and how to know that it is ready."""

    name: str  # also the name of its log file
    argv: Sequence[str]
    zh: str = ""  # what people call it; the name if empty
    en: str = ""
    ready: Callable[[], bool] | None = None  # asked again and again; None: ready once started
    env: Mapping[str, str] = field(default_factory=dict)  # on top of the parent's
    folder: Path | None = None  # to work in; None: the parent's own
    forked: bool = False  # a copy of the parent runs it, on Linux: `config.forked`
    user: Account | None = None  # None: the parent's own
    stop_signal: signal.Signals = signal.SIGTERM
    ready_seconds: float = 30.0
    stop_seconds: float = 10.0


class Child:
    """A running, dead or waiting copy of one `Process`."""

    def __init__(self, *, process: Process, log_dir: Path) -> None:
        self.process = process
        self.log_path = log_dir / f"{process.name}.log"
        self.due_at = 0.0  # monotonic seconds before which it is not started again
        self.failures = 0  # deaths in a row without a long life between them
        self._popen: subprocess.Popen[bytes] | Forked | None = None
        self._started_at = 0.0

    @property
    def pid(self) -> int | None:
        """The process id, or None while it is not running."""
        return self._popen.pid if self._popen is not None else None

    def start(self) -> None:
        """Start the process in a session of its own, its output added to its log file."""
        process = self.process
        self._started_at = time.monotonic()
        with self._open_log() as log:
            if process.forked and process.user is None and sys.platform == "linux":
                self._popen = Forked(
                    name=process.name,
                    argv=process.argv,
                    environ=process.env,
                    folder=process.folder,
                    log=log.fileno(),
                    tie=die_with_parent(process.stop_signal),
                )
                return
            self._popen = subprocess.Popen(
                list(process.argv),
                cwd=process.folder,
                env={**os.environ, **process.env},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C reaches the supervisor only
                preexec_fn=die_with_parent(process.stop_signal),  # noqa: PLW1509
                **user_arguments(process.user),
            )

    def running(self) -> bool:
        """Tell whether the process is alive."""
        return self._popen is not None and self._popen.poll() is None

    def exit_code(self) -> int | None:
        """Return how it ended (negative: the signal); None while it runs or is not started."""
        if self._popen is None:
            return None
        code = self._popen.poll()
        if code is not None:
            self._sweep()
        return code

    def retire(self) -> None:
        """Forget a dead process and set when the next may start: at once, then ever later."""
        long_life = time.monotonic() - self._started_at > LONG_LIFE_SECONDS
        self.failures = 0 if long_life else self.failures + 1
        self.due_at = time.monotonic() + min(0.1 * 2**self.failures, 10.0)
        self._popen = None

    def signal_stop(self) -> None:
        """Ask the process to end."""
        if self._popen is not None and self.running():
            self._popen.send_signal(self.process.stop_signal)

    def kill(self) -> None:
        """End the process and whatever it has left behind."""
        if self._popen is not None:
            self._sweep()
            self._popen.kill()  # one so young that it has no session yet
            self._popen.wait()
            self._popen = None

    def _sweep(self) -> None:
        """End what is left of the session, so that no orphan works beside the next copy."""
        if self._popen is not None:
            try:
                os.killpg(self._popen.pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):  # nobody left (macOS says EPERM)
                return

    def _open_log(self) -> BinaryIO:
        self.log_path.parent.mkdir(parents=True, exist_ok=True)
        if self.log_path.exists() and self.log_path.stat().st_size > LOG_BYTES:
            self.log_path.replace(self.log_path.with_suffix(".log.1"))
        self.log_path.touch(mode=0o600)
        return self.log_path.open("ab")


class UserArguments(TypedDict, total=False):
    """The arguments of `subprocess.Popen` that change the user."""

    user: int
    group: int
    extra_groups: list[int]


def user_arguments(account: Account | None) -> UserArguments:
    """Return what makes `subprocess` run a program as the account."""
    if account is None:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}


def die_with_parent(death: signal.Signals) -> Callable[[], None]:
    """Return what a new process runs, after its change of user, to get a signal when we die.

    Linux only; elsewhere the next start ends what an earlier one left behind. The signal comes
    when the *thread* that started the process ends, so start processes from one that stays.
    """
    parent = os.getpid()

    def tie() -> None:
        if _LIBC is not None:
            _LIBC.prctl(PR_SET_PDEATHSIG, int(death), 0, 0, 0)
            if os.getppid() != parent:  # it died in between
                os._exit(1)

    return tie
