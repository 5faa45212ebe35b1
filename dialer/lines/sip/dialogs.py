"""What has come of the calls that were let leave: which further INVITEs belong to them."""

from collections.abc import Callable
from dataclasses import dataclass, field

from dialer.lines.sip.edge import RefusedError, Why
from dialer.lines.sip.packet import Packet

KEPT = 10_000  # calls; of more, the oldest that is over is forgotten before its time


@dataclass(kw_only=True)
class _Call:
    tag: str  # ours
    uri: str
    ends: tuple[str, str]  # From and To, without tags
    cseqs: set[int]  # of the INVITEs that left, or that a challenge has asked for
    contacts: dict[str, str] = field(default_factory=dict)  # of each tag that has answered
    newest: dict[str, int] = field(default_factory=dict)  # CSeq of what each tag answered last
    again: tuple[str, ...] = ()  # the re-INVITE that left last

    def covers(self, invite: Packet) -> bool:
        """Return whether a re-INVITE goes to where its receiver is, or has left before."""
        if _ends(invite) != self.ends:
            return False
        return _sending(invite) == self.again or self.contacts.get(invite.to_tag) == invite.uri


class Dialogs:
    """The calls of one trunk, each under its Call-ID."""

    def __init__(self, *, is_over: Callable[[str], bool]) -> None:
        """Begin with no call; `is_over` tells by its Call-ID whether one has ended."""
        self._calls: dict[str, _Call] = {}
        self._is_over = is_over

    def begin(self, invite: Packet) -> None:
        """Remember a call whose INVITE leaves."""
        self._calls[invite.call_id] = _Call(
            tag=invite.from_tag, uri=invite.uri, ends=_ends(invite), cseqs={invite.cseq}
        )
        if len(self._calls) > KEPT:
            # A call that is up has to be known at its next refresh, however long ago it began.
            over = next(filter(self._is_over, self._calls), None)
            if over is not None:
                del self._calls[over]

    def forget(self, call_id: str) -> None:
        """Forget a call: it is over, and nothing more comes of it."""
        self._calls.pop(call_id, None)

    def challenged(self, answer: Packet) -> None:
        """Note that the carrier asks for credentials: the next INVITE is the answer to that."""
        call = self._of(answer.call_id, answer.from_tag)
        if call is not None and answer.cseq in call.cseqs:
            call.cseqs.add(answer.cseq + 1)

    def check_repeat(self, invite: Packet) -> None:
        """Let an INVITE pass again, and one with credentials that the carrier has asked for.

        :raises RefusedError: if nothing has asked for it
        """
        call = self._of(invite.call_id, invite.from_tag)
        if call is None or invite.cseq not in call.cseqs:
            raise RefusedError(Why.CREDENTIALS)

    def answered(self, answer: Packet) -> None:
        """Take the callee's own address out of an answer to a call of ours.

        A repeated answer says nothing new: the callee may have moved since.
        """
        call = self._of(answer.call_id, answer.from_tag)
        if call is None or not answer.to_tag or answer.cseq <= call.newest.get(answer.to_tag, -1):
            return
        call.newest[answer.to_tag] = answer.cseq
        kept = call.contacts.get(answer.to_tag, call.uri)
        call.contacts[answer.to_tag] = answer.target or kept

    def moved(self, request: Packet) -> None:
        """Take the callee's new address out of a request that we accept (RFC 3261 12.2.2)."""
        call = self._of(request.call_id, request.to_tag)
        if call is not None and request.from_tag in call.contacts and request.target:
            call.contacts[request.from_tag] = request.target

    def check(self, invite: Packet) -> None:
        """Let a re-INVITE pass to whoever has answered, and nowhere else.

        :raises RefusedError: if there is no such dialog, or it is sent to another address
        """
        call = self._of(invite.call_id, invite.from_tag)
        if call is None or not call.covers(invite):
            raise RefusedError(Why.IN_DIALOG)
        call.again = _sending(invite)

    def _of(self, call_id: str, tag: str) -> _Call | None:
        call = self._calls.get(call_id)
        return call if call is not None and call.tag == tag else None


def _ends(packet: Packet) -> tuple[str, str]:
    return packet.caller, packet.callee


def _sending(invite: Packet) -> tuple[str, ...]:
    """Return what a repetition has in common: it goes where the first went, moved or not."""
    return invite.branch, str(invite.cseq), invite.uri, invite.to_tag
