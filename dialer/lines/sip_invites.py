"""Which INVITEs on the wire are one call: what our own count and our reader of captures go by.

One permit covers the INVITE that opens a dialog (no tag in its To), its retransmissions (same
branch: RFC 3261 17.1.1.2) and the same INVITE with credentials (22.2: same Call-ID and From tag,
the next CSeq, a branch of its own). Whatever else leaves is another call.
"""

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import unquote

from dialer.lines.base import InviteSent, NoteInvite
from dialer.lines.sip_packet import BadPacketError, Packet, address_of, read_packet

logger = logging.getLogger(__name__)

INVITE = b"INVITE "
KEPT = 10_000  # calls whose INVITE may still be repeated; the oldest is forgotten
CREDENTIALS = ("authorization", "proxy-authorization")
REPEATS = 2  # an answer to the challenge, and one more for a nonce that went stale
USER = re.compile(r"(?:sips?|tel):([^@;>]*)", re.IGNORECASE)


@dataclass(kw_only=True)
class _Call:
    target: tuple[str, str]
    cseq: int
    branches: set[str] = field(default_factory=set)
    repeats: int = 0

    def covers(self, invite: Packet) -> bool:
        """Return whether this call's permit covers the INVITE too; take it in if so."""
        if _target(invite) != self.target:
            return False
        if invite.branch in self.branches:
            return invite.branch != ""
        signed = any(invite.first(name) for name in CREDENTIALS)
        if not signed or invite.cseq != self.cseq + 1 or self.repeats >= REPEATS:
            return False
        self.cseq, self.repeats = invite.cseq, self.repeats + 1
        self.branches.add(invite.branch)
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
            target=_target(packet), cseq=packet.cseq, branches=branches
        )
        if len(self._calls) > KEPT:
            del self._calls[next(iter(self._calls))]


class Leaving:
    """Has every call written down before its first INVITE leaves; where it cannot, none leaves."""

    def __init__(self, *, permit_of: Callable[[str], str]) -> None:
        """Count for one trunk; `permit_of` names the permit of a Call-ID, or nothing."""
        self.note: NoteInvite = lambda _sent: None
        self._permit_of = permit_of
        self._count = InviteCount()

    def may_leave(self, data: bytes) -> bool:
        """Return whether the packet may go on the wire."""
        if not data.startswith(INVITE):
            return True
        try:
            packet = read_packet(data)
            if self._count.is_new(packet):
                self.note(invite_sent(packet, permit_id=self._permit_of(packet.call_id)))
                self._count.keep(packet)
        except (OSError, BadPacketError) as error:
            logger.error("An INVITE stays: it cannot be written down (%s).", error)  # noqa: TRY400
            return False
        return True


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
    found = USER.search(address_of(value))
    return unquote(found.group(1)).partition(":")[0] if found else ""


def _key(packet: Packet) -> tuple[str, str]:
    return packet.call_id, packet.from_tag


def _target(packet: Packet) -> tuple[str, str]:
    return packet.uri, address_of(packet.first("to"))
