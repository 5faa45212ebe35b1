"""Run the processes of one machine: start in order, restart what dies, stop in reverse order."""

import signal
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Self

from config.child import Child, Process
from config.sentences import SentenceError, both

TICK_SECONDS = 0.05
TRIES = 5  # deaths before readiness after which the start is given up
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class NotReadyError(SentenceError):
    """A process did not become ready in its time."""


class Supervisor:
    """Keep an ordered set of processes running from one thread, until told to stop.

    Everything happens inside `start`, `run_until` and `stop`; between them nothing is watched.
    Call all three from the thread that stays: a child ends with the thread that started it.
    """

    def __init__(
        self,
        *,
        processes: Sequence[Process],
        say: Callable[[str], None],
        log_dir: Path,
        pid_dir: Path | None = None,
    ) -> None:
        self._log_dir = log_dir
        self._children: list[Child] = []
        self.extend(processes)
        self._say = say
        self._pid_dir = pid_dir
        self._signals_seen = 0
        self._former: dict[signal.Signals, Any] = {}  # handlers to put back

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def asked_to_stop(self) -> bool:
        """True once Ctrl-C, SIGTERM or SIGHUP has come."""
        return self._signals_seen > 0

    def pids(self) -> dict[str, int]:
        """Return the process id of everything that runs, by name."""
        return {c.process.name: c.pid for c in self._children if c.pid is not None}

    def extend(self, processes: Sequence[Process]) -> None:
        """Add processes after those that are there; the next `start` starts them."""
        self._children += [Child(process=process, log_dir=self._log_dir) for process in processes]

    def start(self) -> bool:
        """Start what is not running, each when the one before it is ready.

        Return False if asked to stop.

        :raises NotReadyError: after stopping what had started
        """
        self._listen()
        for child in self._children:
            if child.pid is not None:
                continue
            began = time.monotonic()
            try:
                self._spawn(child)
                self._wait_ready(child)
            except BaseException:
                self.stop()
                raise
            if self.asked_to_stop:
                return False
            seconds = time.monotonic() - began
            zh, en = names(child.process)
            self._say(both(zh=f"{zh}已就绪", en=f"{en} is ready ({seconds:.1f} s)"))
        return True

    def run_until(self, predicate: Callable[[], bool]) -> bool:
        """Restart whatever dies until the predicate holds. Return False if asked to stop first."""
        while not self.asked_to_stop:
            if predicate():
                return True
            self._tend(self._children)
            time.sleep(TICK_SECONDS)
        return False

    def stop(self) -> None:
        """End everything in reverse order; a second Ctrl-C ends it at once. Safe to repeat."""
        seen = self._signals_seen
        for child in reversed(self._children):
            deadline = time.monotonic() + child.process.stop_seconds
            child.signal_stop()
            while child.running() and time.monotonic() < deadline and self._signals_seen <= seen:
                time.sleep(0.02)
            if child.pid is not None:
                child.kill()
                zh, en = names(child.process)
                self._say(both(zh=f"{zh}已停止", en=f"{en} has stopped"))
            self._note(child)
        self._unlisten()

    def _wait_ready(self, child: Child) -> None:
        deadline = time.monotonic() + child.process.ready_seconds
        ready = child.process.ready
        while not self.asked_to_stop and ready is not None:
            self._tend(self._children[: self._children.index(child) + 1])
            if child.running() and ready():
                return
            if time.monotonic() > deadline or child.failures >= TRIES:
                raise not_ready(child)
            time.sleep(TICK_SECONDS)

    def _tend(self, children: Sequence[Child]) -> None:
        """Note what has died, and start what is due."""
        for child in children:
            code = child.exit_code()
            if code is not None:
                zh, en = names(child.process)
                how = signal.Signals(-code).name if code < 0 else f"exit {code}"
                self._say(
                    both(
                        zh=f"{zh}意外退出（{how}），将重新启动",
                        en=f"{en} died ({how}) and will be restarted",
                    )
                )
                child.retire()
            if child.pid is None and time.monotonic() >= child.due_at:
                self._spawn(child)

    def _spawn(self, child: Child) -> None:
        try:
            child.start()
        except OSError as problem:
            zh, en = names(child.process)
            self._say(
                both(zh=f"{zh}无法启动（{problem}）", en=f"{en} cannot be started ({problem})")
            )
            child.retire()
        self._note(child)

    def _note(self, child: Child) -> None:
        """Keep `<name>.pid` true, for whoever watches from outside."""
        if self._pid_dir is None:
            return
        path = self._pid_dir / f"{child.process.name}.pid"
        if child.pid is None:
            path.unlink(missing_ok=True)
        else:
            path.write_text(f"{child.pid}\n")

    def _listen(self) -> None:
        if threading.current_thread() is threading.main_thread():
            for number in SIGNALS:
                self._former.setdefault(number, signal.signal(number, self._heard))

    def _unlisten(self) -> None:
        while self._former:
            number, former = self._former.popitem()
            signal.signal(number, former)

    def _heard(self, _number: int, _frame: FrameType | None) -> None:
        self._signals_seen += 1


def names(process: Process) -> tuple[str, str]:
    """Return what people call the process, in Chinese and in English."""
    return process.zh or process.name, process.en or process.name


def not_ready(child: Child) -> NotReadyError:
    """Say which process is not ready, with the last line that it wrote."""
    try:
        lines = child.log_path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError as problem:
        lines = [str(problem)]
    last = lines[-1] if lines else "-"
    zh, en = names(child.process)
    seconds = child.process.ready_seconds
    return NotReadyError(
        zh=f"{zh}在 {seconds:.0f} 秒内没有就绪：请看 {child.log_path}（最后一行：{last}）。",
        en=f"{en} was not ready within {seconds:.0f} s: see {child.log_path} (last line: {last}).",
    )
