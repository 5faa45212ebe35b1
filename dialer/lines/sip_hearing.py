"""Which packets on a call's port are the other side's voice, and where in time each belongs.

A port is open to the whole carrier: late packets of an earlier call, another call's by mistake,
and whatever somebody sends on purpose arrive beside the voice. A stream is believed when it comes
from the address that the session description names; from another port of an admitted host only
if two packets follow each other (RFC 3550 A.1) while the known stream is silent. So one packet
with a wild timestamp moves nothing and costs nothing.
"""

import itertools

from dialer.lines.sip_stream import MASK_16, SAMPLE_RATE

Address = tuple[str, int]

MISORDERED = 100  # RFC 3550 A.1 MAX_MISORDER
DROPPED = 3000  # … MAX_DROPOUT
WINDOW = (1 << MISORDERED) - 1
TOLERANCE_SAMPLES = 8000  # a stamp may be this far from its time of arrival
QUIET_SECONDS = 0.5  # before another port may take over
HALF_16, HALF_32, MASK_32 = 1 << 15, 1 << 31, (1 << 32) - 1
RUNS = itertools.count(1)


class Hearing:
    """Follows one stream; `run`, `number` and `position` tell of the packet accepted last."""

    def __init__(self) -> None:
        """Begin with nobody heard."""
        self.source: Address | None = None  # where the voice really comes from
        self.run = 0  # another one after every break
        self.began = 0.0  # the run's first arrival, on the monotonic clock
        self.number = 0  # within the run, not wrapped
        self.position = 0  # samples since the run's first packet
        self._declared: Address | None = None
        self._left: Address | None = None
        self._ssrc = -1
        self._highest = 0
        self._stamp = 0
        self._at = 0
        self._seen = 1
        self._heard_at = 0.0
        self._candidate: tuple[Address, int, int] | None = None
        self._key_candidate: tuple[Address, int, int] | None = None

    def expect(self, address: Address) -> None:
        """Listen to the address that a session description names, from now on."""
        if address == self._declared:
            return
        self._left = self.source if self.source != address else None
        self._declared, self.source, self._ssrc = address, None, -1
        self._candidate = self._key_candidate = None

    def accept(
        self, sequence: int, timestamp: int, ssrc: int, source: Address, now: float
    ) -> bool:
        """Take one packet of audio. Return False if it is to be ignored."""
        if ssrc != self._ssrc or source != self.source:
            return self._meet(sequence, timestamp, ssrc, source, now)
        ahead = ((sequence - self._highest + HALF_16) & MASK_16) - HALF_16
        step = ((timestamp - self._stamp + HALF_32) & MASK_32) - HALF_32
        position = self._at + step
        astray = abs(position - (now - self.began) * SAMPLE_RATE) > TOLERANCE_SAMPLES
        if astray or not -MISORDERED < ahead < DROPPED:
            return self._meet(sequence, timestamp, ssrc, source, now)
        if ahead > 0:
            self._stamp, self._at = timestamp, position
        return self._place(ahead, position, now)

    def accept_key(
        self, sequence: int, timestamp: int, ssrc: int, source: Address, now: float
    ) -> bool:
        """Take one packet of a key press; its stamp is that of the key's first packet.

        `aside` tells afterwards whether it was in a stream of its own. Such a one, or one of a
        port that is not known, is believed from its second packet on.
        """
        if ssrc == self._ssrc and source == self.source:
            ahead = ((sequence - self._highest + HALF_16) & MASK_16) - HALF_16
            if -MISORDERED < ahead < DROPPED:
                step = ((timestamp - self._stamp + HALF_32) & MASK_32) - HALF_32
                self.aside = abs(step) > 60 * SAMPLE_RATE
                return self._place(ahead, self._at + step, now)
        self.aside = True
        believed = self._key_candidate == (source, ssrc, sequence)
        self._key_candidate = (source, ssrc, (sequence + 1) & MASK_16)
        return believed

    aside = False

    def _place(self, ahead: int, position: int, now: float) -> bool:
        """Note the packet's number; return False if it has come before."""
        if ahead > 0:
            self._seen = (self._seen << ahead | 1) & WINDOW
            self._highest += ahead
            self.number = self._highest
        else:
            bit = 1 << -ahead
            if self._seen & bit:
                return False
            self._seen |= bit
            self.number = self._highest + ahead
        self.position = position
        self._heard_at = now
        return True

    def _meet(self, sequence: int, timestamp: int, ssrc: int, source: Address, now: float) -> bool:
        """Take a packet that does not go on from the last one."""
        known = source in (self.source, self._declared)
        if not known and (source == self._left or now - self._heard_at < QUIET_SECONDS):
            return False
        expected = self._candidate == (source, ssrc, sequence)
        self._candidate = (source, ssrc, (sequence + 1) & MASK_16)
        first = self._ssrc == -1 and source == self._declared
        if not (first or expected):
            return False
        self.source, self._ssrc = source, ssrc
        self.run, self.began = next(RUNS), now
        self._highest = self.number = sequence
        self._stamp, self._at, self.position = timestamp, 0, 0
        self._seen, self._heard_at, self._candidate = 1, now, None
        return True
