"""When signalling is read: at once after a silence, and else a hundred times a second.

Whatever a thread does first after a sleep it does slowly, from memory that other programs have
used meanwhile. A call's four packets took twice the time one by one that they take together.
"""

from socket import socket
from typing import Protocol

from dialer.lines.sip.reactor import Reactor, Timer

REST_SECONDS = 0.01  # a packet waits no longer; the far side repeats it after 0.5 s (RFC 3261, T1)


class Source(Protocol):
    """Where signalling comes from."""

    socket: socket

    def read(self) -> bool:
        """Take what has come. Return whether that was anything."""


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
        something = True  # also if one of the packets could not be handled
        try:
            something = self._source.read()
        finally:
            if something:
                self._reactor.comes_round = True
                self._rest = self._reactor.call_later(REST_SECONDS, self._next)
            else:
                self._rest = None
                self.open()

    def _wait_no_more(self) -> None:
        if self._waiting:
            self._waiting = False
            self._reactor.remove_reader(self._source.socket)
