"""Receipts on their way out: behind the commit, in a thread, and never in anybody's way.

The transaction that wrote an entry has committed when its receipt comes here, and waits for
nothing: to hand it over is to append to a list. A process that is killed takes the receipts of
its last moment with it, and so does a sink that stays away for long; the entries themselves are
safe. What a receipt proves, it proves; a missing one proves nothing.
"""

import atexit
import logging
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable
from datetime import datetime
from uuid import UUID

from audit.receipts.receipt import Receipt
from audit.receipts.sinks import Sink, SinkError

Committed = tuple[UUID, datetime, bytes]  # identifier, instant and exact bytes of an entry

MOST = 10_000  # receipts that wait; those beyond are not sent
AT_ONCE = 500
EVERY_SECONDS = 0.2
PARTING_SECONDS = 2  # how long the end of a process may wait for its sink
_log = logging.getLogger(__name__)


class Outbox:
    """The receipts of one process, and the thread that sends them."""

    def __init__(self, sink: Callable[[], Sink]) -> None:
        self.dropped = 0
        self._sink = sink
        self._waiting: deque[Committed] = deque()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._ending = threading.Event()
        self._complained = False

    def offer(self, committed: Iterable[Committed]) -> None:
        """Take receipts of entries that have been committed; never wait, never fail."""
        for one in committed:
            if len(self._waiting) < MOST:
                self._waiting.append(one)
            else:
                self.dropped += 1
        if self._thread is None:
            self._begin()

    def send(self) -> bool:
        """Send what waits. Return False if the sink does not take it; it goes on waiting then."""
        while batch := self._take():
            try:
                self._sink().send([_receipt(one) for one in batch])
            except SinkError as error:
                self._waiting.extendleft(reversed(batch))
                self._complain(error)
                return False
            self._complained = False
        return True

    def close(self) -> None:
        """Send what waits, and end the thread; it is waited for a moment only."""
        self._ending.set()
        if self._thread is not None:
            self._thread.join(PARTING_SECONDS)
        self._thread = None

    def _take(self) -> list[Committed]:
        return [self._waiting.popleft() for _ in range(min(AT_ONCE, len(self._waiting)))]

    def _begin(self) -> None:
        with self._starting:
            if self._thread is None:
                self._ending.clear()
                self._thread = threading.Thread(target=self._run, name="receipts", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while not self._ending.wait(EVERY_SECONDS):
            self.send()
        self.send()

    def _reset(self) -> None:
        """Begin anew: a child of a fork has neither the thread nor a right to what waits."""
        self._waiting = deque()
        self._thread = None
        self._starting = threading.Lock()
        self._ending = threading.Event()

    def end_with_process(self) -> "Outbox":
        """Send the last receipts when the process ends, and start afresh in a forked one."""
        atexit.register(self.close)
        os.register_at_fork(after_in_child=self._reset)
        return self

    def _complain(self, error: SinkError) -> None:
        if not self._complained:
            _log.warning("回执暂存 / Receipts wait, %d of them: %s", len(self._waiting), error)
        self._complained = True


def _receipt(committed: Committed) -> Receipt:
    eid, ts, body = committed
    return Receipt.of(eid=eid, ts=ts, body=body)
