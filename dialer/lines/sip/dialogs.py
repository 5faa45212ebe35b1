"""What has come of the calls that were let leave: which further INVITEs belong to them."""

from dataclasses import dataclass, field

from dialer.lines.sip.edge import RefusedError, Why
from dialer.lines.sip.packet import Packet

KEPT = 10_000  # calls that may be up or still be answered; the oldest is forgotten


@dataclass(kw_only=True)
class _Call:
    uri: str
    ends: tuple[str, str]  # From and To, without tags
    cseqs: set[int]  # of the INVITEs that left, or that a challenge has asked for
    contacts: dict[str, str] = field(default_factory=dict)  # of each tag that has answered


class Dialogs:
    """The calls of one trunk, by Call-ID and our tag."""

    def __init__(self) -> None:
        """Begin with no call."""
        self._calls: dict[tuple[str, str], _Call] = {}

    def begin(self, invite: Packet) -> None:
        """Remember a call whose INVITE leaves."""
        key = (invite.call_id, invite.from_tag)
        self._calls[key] = _Call(uri=invite.uri, ends=_ends(invite), cseqs={invite.cseq})
        if len(self._calls) > KEPT:
            del self._calls[next(iter(self._calls))]

    def challenged(self, answer: Packet) -> None:
        """Note that the carrier asks for credentials: the next INVITE is the answer to that."""
        call = self._calls.get((answer.call_id, answer.from_tag))
        if call is not None and answer.cseq in call.cseqs:
            call.cseqs.add(answer.cseq + 1)

    def check_repeat(self, invite: Packet) -> None:
        """Let an INVITE pass again, and one with credentials that the carrier has asked for.

        :raises RefusedError: if nothing has asked for it
        """
        call = self._calls.get((invite.call_id, invite.from_tag))
        if call is None or invite.cseq not in call.cseqs:
            raise RefusedError(Why.CREDENTIALS)

    def answered(self, answer: Packet) -> None:
        """Take the callee's own address out of an answer to a call of ours."""
        call = self._calls.get((answer.call_id, answer.from_tag))
        if call is not None and answer.to_tag:
            kept = call.contacts.get(answer.to_tag, call.uri)
            call.contacts[answer.to_tag] = answer.contact or kept

    def moved(self, request: Packet) -> None:
        """Take the callee's new address out of a request inside a dialog (RFC 3261 12.2.2)."""
        call = self._calls.get((request.call_id, request.to_tag))
        if call is not None and request.from_tag in call.contacts and request.contact:
            call.contacts[request.from_tag] = request.contact

    def check(self, invite: Packet) -> None:
        """Let a re-INVITE pass to whoever has answered, and nowhere else.

        :raises RefusedError: if there is no such dialog, or it is sent to another address
        """
        call = self._calls.get((invite.call_id, invite.from_tag))
        known = call is not None and call.contacts.get(invite.to_tag) == invite.uri
        if call is None or not known or _ends(invite) != call.ends:
            raise RefusedError(Why.IN_DIALOG)


def _ends(packet: Packet) -> tuple[str, str]:
    return packet.caller, packet.callee
