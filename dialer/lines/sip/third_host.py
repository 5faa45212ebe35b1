"""Audio from a host that nobody has named: a carrier whose media leaves elsewhere than it arrives.

Anybody can send to an open port, so a third host is heard only where there is nobody to mistake
it for: not while a host of the description or of the trunk has been heard since the description,
not within its first second, and then one address alone, the first that sends five packets in a
row. It keeps the floor until it falls silent, a named host speaks or the description changes.
What we say goes on to the address that the description names, unless no packet can get there.
"""

import ipaddress
import math

from dialer.lines.sip.hearing import Address
from dialer.lines.sip.stream import HEADER, MASK_16

WAIT_SECONDS = 1.0  # for those who are named
SILENCE_SECONDS = 2.0  # before another may have the floor
IN_A_ROW = 5  # packets


class ThirdHost:
    """Knows whom one call hears besides those who are named."""

    def __init__(self) -> None:
        """Begin with nobody, and no description."""
        self.source: Address | None = None  # who has the floor
        self._since = math.inf  # the description
        self._first: tuple[Address, int] | None = None  # whose packets are counted, and SSRC
        self._next = 0
        self._count = 0
        self._heard_at = -math.inf

    @property
    def is_new(self) -> bool:
        """Whether there has been no description yet."""
        return self._since == math.inf

    def expect(self, now: float) -> None:
        """Begin anew: another description names another place."""
        self.source = self._first = None
        self._since, self._heard_at = now, -math.inf

    def admits(self, packet: bytes, source: Address, now: float, *, named_is_heard: bool) -> bool:
        """Return whether a packet of a host that is not named is the other side's."""
        if named_is_heard:
            self.source = None
            return False
        if source == self.source:
            self._heard_at = now
            return True
        if now - self._since < WAIT_SECONDS:
            return False
        _, _, sequence, _, ssrc = HEADER.unpack_from(packet)
        if self._first != (source, ssrc):
            if now - self._heard_at < SILENCE_SECONDS:
                return False
            self._first, self._count = (source, ssrc), 0
        self._count = self._count + 1 if sequence == self._next else 1
        self._next, self._heard_at = (sequence + 1) & MASK_16, now
        self.source = source if self._count >= IN_A_ROW else None
        return self.source is not None


def is_out_of_reach(named: str, heard: str) -> bool:
    """Return whether a description names a private address for a voice from a public one."""
    return ipaddress.ip_address(heard).is_global and ipaddress.ip_address(named).is_private
