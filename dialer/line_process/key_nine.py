"""A callee presses 9: kept at once, recorded by a worker, and hung up in time in any case."""

import threading

from compliance import clock
from dialer.line_process.live_calls import LiveCall
from dialer.line_process.patience import done, until_done
from dialer.line_process.refusal_book import RefusalBook
from dialer.services.refusal_during_call import refusal_during_call

REFUSES = "9"  # the key
REFUSAL_SECONDS = 2.0  # how long somebody who refused stays on the line, at the very most


class KeyNine:
    """What one line process does about it."""

    def __init__(self, *, book: RefusalBook, actor: str) -> None:
        """Keep refusals in `book` until `actor` has recorded them."""
        self._book = book
        self._actor = actor

    def heard(self, call: LiveCall) -> None:
        """Keep it, whatever is killed next, and hang up in time, whatever the worker waits for."""
        if call.refused:  # pressed twice
            return
        call.refused = True
        self._book.heard(call.attempt_id)
        if call.handle is not None:
            at_last = threading.Timer(REFUSAL_SECONDS, call.handle.hangup)
            at_last.daemon = True
            at_last.start()

    def record(self, call: LiveCall) -> None:
        """Record the refusal, then hang up: who hears us hang up is on the record."""

        def write() -> None:
            refusal_during_call(attempt_id=call.attempt_id, actor=self._actor, now=clock.read())

        recorded = done(write, within_seconds=REFUSAL_SECONDS)
        if call.handle is not None:
            call.handle.hangup()
        if not recorded:
            until_done(write)
        self._book.recorded(call.attempt_id)
