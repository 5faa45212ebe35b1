"""The calls that this process holds: opened in the database first, then sent, then followed."""

import logging
import math
import queue
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from django.db import Error as DatabaseError
from django.db import close_old_connections

from compliance import clock
from compliance.locks import number_held
from compliance.redemption import PermitUnusableError, callee_of
from dialer.line_process.outcome import end_of
from dialer.lines.base import (
    Answered,
    CallHandle,
    CallRequest,
    Digit,
    Ended,
    Line,
    LineDownError,
    LineEvent,
    LineFullError,
    Progress,
)
from dialer.services.call_end import LINE_REFUSED, call_end
from dialer.services.call_open import OpenedCall, call_open
from dialer.services.call_progress import call_answered, call_ringing, call_sent
from dialer.services.call_release import call_release
from dialer.services.refusal_during_call import refusal_during_call

log = logging.getLogger(__name__)
SEND_SECONDS = 2.0  # the reactor sends within milliseconds, or is stuck
WORKERS = 4  # each call's events stay in order on one of them
PAUSE_SECONDS = (0.1, 0.2, 0.5, 1.0)  # between tries while the database is away; then the last
STOP_SECONDS = 2.0  # for what is still to be written; what is not, the next owner finds open
REFUSAL_SECONDS = 2.0  # how long somebody who refused stays on the line, at the very most


@dataclass(slots=True)
class LiveCall:
    """One call that is up."""

    attempt_id: int
    permit_id: UUID
    person_id: int
    handle: CallHandle | None = None


class Calls:
    """Places calls under permits and writes down what the line hears."""

    def __init__(self, *, line: Line, trunk_id: int, process: str) -> None:
        """Follow calls of `line`; nothing runs before `start`."""
        self._line = line
        self._trunk_id = trunk_id
        self._process = process
        self._live: dict[int, LiveCall] = {}
        self._lock = threading.Lock()
        self._queues: list[queue.SimpleQueue[Callable[[], None] | None]] = [
            queue.SimpleQueue() for _ in range(WORKERS)
        ]
        self._threads = [
            threading.Thread(target=_work, args=(q,), name=f"calls-{i}", daemon=True)
            for i, q in enumerate(self._queues)
        ]

    def start(self) -> None:
        """Start the workers."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let the workers finish what is queued, as far as the time goes."""
        deadline = time.monotonic() + STOP_SECONDS
        for waiting in self._queues:
            waiting.put(None)
        for thread in self._threads:
            thread.join(timeout=max(0.0, deadline - time.monotonic()))

    def place(self, permit_id: UUID) -> None:
        """Place the permit's call, on a worker."""
        self._queue_of(permit_id).put(partial(self._place, permit_id))

    def attempts_up(self) -> frozenset[int]:
        """Return the attempts that this process holds."""
        with self._lock:
            return frozenset(self._live)

    def hang_up(self, attempt_ids: frozenset[int]) -> None:
        """End calls: CANCEL while they ring, BYE when they are answered."""
        with self._lock:
            calls = [self._live[pk] for pk in attempt_ids if pk in self._live]
        for call in calls:
            if call.handle is not None:
                call.handle.hangup()

    def _queue_of(self, permit_id: UUID) -> "queue.SimpleQueue[Callable[[], None] | None]":
        return self._queues[permit_id.int % WORKERS]

    def _place(self, permit_id: UUID) -> None:
        capacity = self._line.capacity()
        if not capacity.up or capacity.live >= capacity.max_calls:
            return  # the permit expires, and its lead is tried again
        try:
            with number_held(callee_of(permit_id)):
                opened = call_open(
                    permit_id=permit_id,
                    trunk_id=self._trunk_id,
                    line_process=self._process,
                    now=clock.read(),
                )
                call = self._send(opened)
        except PermitUnusableError as error:
            log.info("no call: %s", error)
            call_release(permit_id=permit_id, now=clock.read())
            return
        self._sent(call)

    def _send(self, opened: OpenedCall) -> LiveCall:
        """Send the INVITE; nothing here may raise once it has left."""
        spent = opened.spent
        call = LiveCall(
            attempt_id=opened.attempt_id, permit_id=spent.permit_id, person_id=spent.person_id
        )
        with self._lock:
            self._live[call.attempt_id] = call
        request = CallRequest(
            permit_id=str(spent.permit_id),
            callee=spent.callee,
            caller_number=spent.caller_number,
            ring_seconds=opened.ring_seconds,
            max_talk_seconds=opened.max_talk_seconds,
        )
        with suppress(LineDownError, LineFullError, ValueError):
            call.handle = self._line.originate(request, partial(self._heard, call))
            call.handle.wait_sent(timeout_seconds=SEND_SECONDS)
        return call

    def _sent(self, call: LiveCall) -> None:
        handle = call.handle
        if handle is None:
            self._close(call, partial(call_end, end=LINE_REFUSED))
        elif handle.wait_sent(timeout_seconds=0):
            _until_done(partial(call_sent, attempt_id=call.attempt_id, call_id=handle.call_id))

    def _heard(self, call: LiveCall, event: LineEvent) -> None:
        """Take an event from the line's thread, which must not wait for a database."""
        self._queue_of(call.permit_id).put(partial(self._note, call, event))

    def _note(self, call: LiveCall, event: LineEvent) -> None:
        match event:
            case Progress(code=180):
                _until_done(lambda: call_ringing(attempt_id=call.attempt_id, now=clock.read()))
            case Answered():
                _until_done(lambda: call_answered(attempt_id=call.attempt_id, now=clock.read()))
            case Digit(digit="9"):
                self._refused(call)
            case Ended(result=result):
                self._close(call, partial(call_end, end=end_of(result)))

    def _refused(self, call: LiveCall) -> None:
        """Record the refusal, then hang up: who hears us hang up is on the record.

        The other way round, a process that dies in between has acted on a refusal and lost it.
        """

        def write() -> None:
            refusal_during_call(
                attempt_id=call.attempt_id, actor=f"svc:line:{self._process}", now=clock.read()
            )

        recorded = _done(write, within_seconds=REFUSAL_SECONDS)
        if call.handle is not None:
            call.handle.hangup()
        if not recorded:
            _until_done(write)

    def _close(self, call: LiveCall, close: Callable[..., bool]) -> None:
        _until_done(
            lambda: close(
                attempt_id=call.attempt_id,
                actor=f"svc:line:{self._process}",
                now=clock.read(),
            )
        )
        with self._lock:
            self._live.pop(call.attempt_id, None)


def _work(waiting: "queue.SimpleQueue[Callable[[], None] | None]") -> None:
    while (job := waiting.get()) is not None:
        try:
            job()
        except DatabaseError as error:
            # Before the INVITE: no commit, no call. The permit expires, the sweep frees its lead.
            log.warning("no call, the database is away: %s", type(error).__name__)
            close_old_connections()
        except Exception:
            log.exception("a call's event could not be handled")


def _until_done(write: Callable[[], object]) -> None:
    """Write down what has happened, however long the database is away."""
    _done(write, within_seconds=math.inf)


def _done(write: Callable[[], object], *, within_seconds: float) -> bool:
    """Try to write while the time lasts. Return False if the database is away for longer."""
    deadline = time.monotonic() + within_seconds
    tries = 0
    while True:
        try:
            write()
        except DatabaseError as error:
            close_old_connections()
            log.warning("waiting for the database: %s", type(error).__name__)
            pause = PAUSE_SECONDS[min(tries, len(PAUSE_SECONDS) - 1)]
            if time.monotonic() + pause > deadline:
                return False
            time.sleep(pause)
            tries += 1
        else:
            return True
