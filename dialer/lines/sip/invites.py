"""Which INVITEs on the wire are one call: what our own count and our reader of captures go by.

One permit covers the INVITE that opens a dialog (no tag in its To), its retransmissions (same
branch: RFC 3261 17.1.1.2) and the same INVITE with credentials (22.2: same Call-ID and From tag,
the next CSeq, a branch of its own) or, after a 422, with a longer Min-SE (RFC 4028 7.4). Whatever
else leaves is another call.
"""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import unquote

from dialer.lines.base import InviteSent
from dialer.lines.sip.packet import Packet, address_of

INVITE = b"INVITE "
KEPT = 10_000  # calls whose INVITE may still be repeated; the oldest is forgotten
CREDENTIALS = ("authorization", "proxy-authorization")
REPEATS = 2  # an answer to the challenge, and one more for a nonce that went stale
LONG = 10  # digits
USER = re.compile(r"(?:sips?|tel):([^@;>]*)", re.IGNORECASE)


@dataclass(kw_only=True)
class _Call:
    target: tuple[str, ...]
    cseq: int
    branches: set[str] = field(default_factory=set)
    repeats: int = 0
    min_se: int = 0
    raises: int = 0

    def covers(self, invite: Packet) -> bool:
        """Return whether this call's permit covers the INVITE too; take it in if so."""
        if _target(invite) != self.target:
            return False
        if invite.branch in self.branches:
            return invite.branch != ""
        if invite.cseq != self.cseq + 1 or not (self._raised(invite) or self._signed(invite)):
            return False
        self.cseq = invite.cseq
        self.branches.add(invite.branch)
        return True

    def _signed(self, invite: Packet) -> bool:
        self.repeats += 1
        return self.repeats <= REPEATS and any(invite.first(name) for name in CREDENTIALS)

    def _raised(self, invite: Packet) -> bool:
        """Return whether the session is to be longer than it was (never with new credentials)."""
        if min_se(invite) <= self.min_se or self.raises >= REPEATS:
            return False
        self.min_se, self.raises = min_se(invite), self.raises + 1
        return True


class InviteCount:
    """Tells each call's first INVITE from those that belong to it."""

    def __init__(self) -> None:
        """Begin with nothing seen."""
        self._calls: dict[tuple[str, str], _Call] = {}

    def is_new(self, packet: Packet) -> bool:
        """Return whether the packet opens another call than those seen so far."""
        if packet.code is not None or packet.method != "INVITE" or packet.to_tag:
            return False
        known = self._calls.get(_key(packet))
        return known is None or not known.covers(packet)

    def keep(self, packet: Packet) -> None:
        """Remember an INVITE that is new."""
        known = self._calls.pop(_key(packet), None)
        branches = {packet.branch} | (known.branches if known else set())
        self._calls[_key(packet)] = _Call(
            target=_target(packet), cseq=packet.cseq, branches=branches, min_se=min_se(packet)
        )
        if len(self._calls) > KEPT:
            del self._calls[next(iter(self._calls))]


def invite_sent(packet: Packet, *, permit_id: str) -> InviteSent:
    """Return what the bytes of an INVITE say."""
    callee, caller = number_in(packet.uri), number_in(packet.first("from"))
    called = {callee, number_in(packet.first("to"))}
    shown = {caller, *(number_in(one) for one in packet.headers.get("p-asserted-identity", ()))}
    return InviteSent(
        permit_id=permit_id,
        call_id=packet.call_id,
        callee=callee,
        caller=caller,
        disguised=len(called) + len(shown) > 2,  # noqa: PLR2004 - one number each
    )


def number_in(value: str) -> str:
    """Return the user part of an address, as it was written."""
    return _number(address_of(value))


@lru_cache(maxsize=1024)
def _number(address: str) -> str:
    found = USER.search(address)
    return unquote(found.group(1)).partition(":")[0] if found else ""


def min_se(invite: Packet) -> int:
    """Return the shortest session that the caller would have; 0: nothing is said."""
    text = invite.first("min-se").partition(";")[0].strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < LONG else 0


def _key(packet: Packet) -> tuple[str, str]:
    return packet.call_id, packet.from_tag


def _target(packet: Packet) -> tuple[str, ...]:
    """Return whom an INVITE calls, who calls, and with which permit."""
    shown = packet.headers.get("p-asserted-identity", ())
    return (packet.uri, packet.callee, packet.caller, packet.first("identity"), *shown)
