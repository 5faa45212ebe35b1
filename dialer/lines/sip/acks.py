"""Our 200s to re-INVITEs, each repeated until its ACK comes (RFC 3261 13.3.1.4)."""

from collections.abc import Callable
from dataclasses import dataclass

from dialer.lines.sip.packet import Packet
from dialer.lines.sip.reactor import Reactor
from dialer.lines.sip.transaction import ClientTransaction


@dataclass(frozen=True, slots=True, kw_only=True)
class _Waiting:
    cseq: int
    offered: bool  # the re-INVITE had no offer, so the 200 has ours: the ACK brings the answer
    resending: ClientTransaction


class Acks:
    """The newest of each call; everything runs on the reactor's thread."""

    def __init__(self, *, reactor: Reactor, seconds: float) -> None:
        """Repeat each 200 for so many seconds at most."""
        self._reactor = reactor
        self._seconds = seconds
        self._waiting: dict[str, _Waiting] = {}

    def await_one(self, invite: Packet, *, send: Callable[[], object], offered: bool) -> None:
        """Repeat the 200 to a re-INVITE: it has been sent once."""
        call_id = invite.call_id
        resending = ClientTransaction(
            reactor=self._reactor,
            send=send,
            method="200",
            on_response=lambda _packet: None,
            on_timeout=lambda: None,
            give_up_seconds=self._seconds,
        )
        if earlier := self._waiting.pop(call_id, None):
            earlier.resending.close()
        self._waiting[call_id] = _Waiting(cseq=invite.cseq, offered=offered, resending=resending)
        resending.resend_later(on_done=lambda: self._waiting.pop(call_id, None))

    def take(self, ack: Packet) -> bool:
        """Repeat the 200 no more. Return whether the ACK has to answer an offer of ours."""
        waiting = self._waiting.get(ack.call_id)
        if waiting is None or waiting.cseq != ack.cseq:  # of a refusal, or of an earlier 200
            return False
        waiting.resending.close()
        return waiting.offered
