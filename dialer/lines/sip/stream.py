"""One continuous stream of RTP to one peer, whatever it is made of (RFC 3550 5.1)."""

import struct
from typing import Protocol

from dialer.lines.sip.chance import take

HEADER = struct.Struct("!BBHII")
CHANCE = struct.Struct("!IIH")  # RFC 3550 5.1: where stamps, SSRC and numbers begin
SAMPLE_RATE = 8000
FRAME_SAMPLES = 160  # 20 ms at 8 kHz
RTP_VERSION = 0x80
MARKER = 0x80
OURS = 0  # the run of our own packets; streams that are passed on have other numbers
LATE_SAMPLES = 800  # our clock stood still for 100 ms: leave the time out
AHEAD_SAMPLES = 8000  # a stream that runs faster than time is cut, not queued
MASK_16, MASK_32 = 0xFFFF, 0xFFFFFFFF


class Place(Protocol):
    """Where a packet stands in the stream that it belongs to."""

    run: int  # names the stream
    number: int
    position: int  # samples


class OutStream:
    """Numbers and stamps packets: our own, and those of another stream that is passed on.

    Positions count samples since the stream began. The receiver sees one SSRC, numbers without a
    gap that we made, and timestamps that go with time, whoever speaks; each change of speaker
    begins with a marker bit.
    """

    def __init__(self, *, began: float) -> None:
        """Begin at an instant of the monotonic clock."""
        self.began = began
        self.position = 0  # of the newest packet
        self._origin, self._source, self._next = CHANCE.unpack(take(CHANCE.size))
        self._end = 0
        self._run = -1
        self._shift = 0
        self._renumber = 0
        self._first = 0
        self._event_at = 0

    def own(self, *, at: int, kind: int, payload: bytes) -> bytes:
        """Write a packet of ours of 20 ms that is due at a position."""
        mark = self._advance(at)
        return self._packet(kind | mark, self.position, payload)

    def begin_key(self, *, at: int, kind: int, payload: bytes) -> bytes:
        """Write the first packet of a key press."""
        self._advance(at)
        self._event_at = self.position
        return self._packet(kind | MARKER, self.position, payload)

    def key(self, *, at: int, kind: int, payload: bytes) -> bytes:
        """Write a further packet of a key press, stamped as its first one (RFC 4733 2.1)."""
        self._advance(at)
        return self._packet(kind, self._event_at, payload)

    def skip(self, at: int) -> None:
        """Let 20 ms pass without a packet."""
        self._advance(at)
        self._run = -1

    def passed_on(
        self, at: int, place: Place, kind: int, payload: bytes, length: int
    ) -> bytes | None:
        """Write a packet of another stream; None if it comes too late, or before its time.

        `kind` is the payload type with the marker bit, `length` counts samples.
        """
        if place.run != self._run:
            self._run = place.run
            self._shift = max(self._end, at) - place.position
            self._renumber = self._next - place.number
            self._first = self._next
            kind |= MARKER
        position = place.position + self._shift
        number = place.number + self._renumber
        if number < self._first:
            return None
        if position - at > AHEAD_SAMPLES:
            self._run = -1
            return None
        self.position = position
        if number >= self._next:
            self._next = number + 1
        self._end = max(self._end, position + length)
        stamp = (self._origin + position) & MASK_32
        return HEADER.pack(RTP_VERSION, kind, number & MASK_16, stamp, self._source) + payload

    def _advance(self, at: int) -> int:
        """Go on by 20 ms; return the marker bit if that begins a spurt."""
        position, mark = self._end, 0
        if self._run != OURS or at - position > LATE_SAMPLES:
            self._run = OURS
            position, mark = max(position, at), MARKER
        self.position = position
        self._end = position + FRAME_SAMPLES
        return mark

    def _packet(self, kind: int, position: int, payload: bytes) -> bytes:
        number = self._next
        self._next = number + 1
        stamp = (self._origin + position) & MASK_32
        return HEADER.pack(RTP_VERSION, kind, number & MASK_16, stamp, self._source) + payload
