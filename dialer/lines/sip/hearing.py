"""Which packets on a call's port are the other side's voice, and where in time each belongs.

A port is open to the whole carrier: late packets of an earlier call, another call's by mistake,
and whatever somebody sends on purpose arrive beside the voice. A stream is believed when it comes
from the address that the session description names; from another port of an admitted host only
if two packets follow each other (RFC 3550 A.1) while the known stream is silent. So one packet
with a wild timestamp moves nothing and costs nothing.
"""

import itertools

from dialer.lines.sip.stream import MASK_16, SAMPLE_RATE

Address = tuple[str, int]

MISORDERED = 100  # RFC 3550 A.1 MAX_MISORDER
DROPPED = 3000  # … MAX_DROPOUT
WINDOW = (1 << MISORDERED) - 1
TOLERANCE_SAMPLES = 8000  # a stamp may be this far from its time of arrival
LONGEST_KEY_SAMPLES = 480_000  # a minute; a key's stamp is that of its beginning
MOST_SENDERS = 16  # of which a next packet is expected
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
        self.aside = False  # the key press accepted last was in a stream of its own
        self._expected: dict[tuple[Address, int], int] = {}  # the next number of each sender
        self._keys_expected: dict[tuple[Address, int], int] = {}

    def expect(self, address: Address) -> None:
        """Listen to the address that a session description names, from now on."""
        if address == self._declared:
            return
        self._left = self.source if self.source != address else None
        self._declared, self.source, self._ssrc = address, None, -1
        self._expected.clear()
        self._keys_expected.clear()

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
        if ahead != 1:
            return self._place(ahead, position, now)
        self._seen = (self._seen << 1 | 1) & WINDOW
        self.number = self._highest = self._highest + 1
        self.position, self._heard_at = position, now
        return True

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
                age = (now - self.began) * SAMPLE_RATE - self._at - step
                if -TOLERANCE_SAMPLES < age < LONGEST_KEY_SAMPLES:
                    self.aside = False
                    return self._place(ahead, self._at + step, now)
        self.aside = True
        return self._follows(self._keys_expected, (source, ssrc), sequence)

    def _follows(
        self, expected: dict[tuple[Address, int], int], sender: tuple[Address, int], sequence: int
    ) -> bool:
        """Return whether the packet is the one after the sender's last one."""
        follows = expected.pop(sender, -1) == sequence
        expected[sender] = (sequence + 1) & MASK_16
        if len(expected) > MOST_SENDERS:
            del expected[next(iter(expected))]
        return follows

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
        first = self._ssrc == -1 and source == self._declared
        if not self._follows(self._expected, (source, ssrc), sequence) and not first:
            return False
        self.source, self._ssrc = source, ssrc
        self.run, self.began = next(RUNS), now
        self._highest = self.number = sequence
        self._stamp, self._at, self.position = timestamp, 0, 0
        self._seen, self._heard_at = 1, now
        self._expected.clear()
        return True
