"""The answers that we have given, for a request that comes again: RFC 3261 17.2.

A flood of requests costs a bounded memory: so many answers, each of so many bytes, and one timer.
"""

import time

from dialer.lines.sip.packet import Packet
from dialer.lines.sip.reactor import Reactor

MOST_BYTES = 4096  # of one answer; a longer one, of echoed headers, is made again if need be

Key = tuple[str, str, str, int]


class Answered:
    """On the reactor's thread; what is oldest stands in front and is forgotten first."""

    def __init__(self, *, reactor: Reactor, kept: int, seconds: float) -> None:
        """Keep so many answers, each for so many seconds."""
        self._reactor = reactor
        self._kept = kept
        self._seconds = seconds
        self._answers: dict[Key, tuple[bytes, float]] = {}  # and until when, by time.monotonic()
        self._sweeps = False  # a timer is set

    def __len__(self) -> int:
        """Return how many are kept."""
        return len(self._answers)

    def find(self, request: Packet) -> bytes | None:
        """Return the answer that the same request has had."""
        found = self._answers.get(_key(request, request.method))
        return found[0] if found is not None else None

    def has_invite_of(self, cancel: Packet) -> bool:
        """Say whether the INVITE that a CANCEL names has been answered (RFC 3261 9.2)."""
        return _key(cancel, "INVITE") in self._answers

    def keep(self, request: Packet, answer: bytes) -> None:
        """Remember an answer."""
        self._purge(time.monotonic())
        if len(answer) > MOST_BYTES:  # the parts of the key are echoed in it
            return
        self._answers[_key(request, request.method)] = (answer, time.monotonic() + self._seconds)
        if len(self._answers) > self._kept:
            del self._answers[next(iter(self._answers))]
        if not self._sweeps:
            self._sweep_later(self._seconds)

    def _sweep_later(self, seconds: float) -> None:
        self._sweeps = True
        self._reactor.call_later(seconds, self._sweep)

    def _sweep(self) -> None:
        self._sweeps = False
        now = time.monotonic()
        self._purge(now)
        if self._answers:
            _, until = next(iter(self._answers.values()))
            self._sweep_later(until - now)

    def _purge(self, now: float) -> None:
        while self._answers:
            oldest = next(iter(self._answers))
            if self._answers[oldest][1] > now:
                return
            del self._answers[oldest]


def _key(request: Packet, method: str) -> Key:
    """Name the transaction; a CANCEL has all but the method from its INVITE (RFC 3261 17.2.3)."""
    return request.call_id, request.branch, method, request.cseq
