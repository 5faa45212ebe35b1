"""When signalling is read: at once after a silence, and else fifty times a second, as audio is.

Whatever a thread does first after a sleep it does slowly, from memory that other programs have
used meanwhile. A call's four packets took twice the time one by one that they take together.
"""

import time
from socket import socket
from typing import Protocol

from dialer.lines.sip.reactor import Reactor
from dialer.lines.sip.timers import Timer

REST_SECONDS = 0.02  # a packet waits no longer; the far side repeats it after 0.5 s (RFC 3261, T1)
FULL = 64  # packets of a turn: audio must not wait for more; of a flood the next is half as far


class Source(Protocol):
    """Where signalling comes from."""

    socket: socket

    def read(self) -> int:
        """Take what has come, `FULL` packets at most. Return how many it was."""


class Turns:
    """Of one socket; runs on the reactor's thread."""

    def __init__(self, *, reactor: Reactor, source: Source) -> None:
        """Read nothing yet."""
        self._reactor = reactor
        self._source = source
        self._rest: Timer | None = None
        self._waiting = False  # for a packet to come

    def open(self) -> None:
        """Begin."""
        self._waiting = True
        self._reactor.add_reader(self._source.socket, self._first)

    def close(self) -> None:
        """Read no more."""
        if self._rest is not None:
            self._rest.cancel()
            self._reactor.comes_round = False
        self._wait_no_more()

    def _first(self) -> None:
        """Read what comes after a silence."""
        self._wait_no_more()
        self._next()

    def _next(self) -> None:
        """Read, and rest; wait for a packet once a whole rest has brought none."""
        self._reactor.comes_round = False
        count = 1  # also if one of the packets could not be handled
        try:
            count = self._source.read()
        finally:
            if count:
                self._reactor.comes_round = True
                rest = REST_SECONDS if count < FULL else REST_SECONDS / 2
                self._rest = self._reactor.call_at(time.monotonic() + rest, self._next)
            else:
                self._rest = None
                self.open()

    def _wait_no_more(self) -> None:
        if self._waiting:
            self._waiting = False
            self._reactor.remove_reader(self._source.socket)
