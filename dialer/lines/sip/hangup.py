"""Take a call down on the wire: CANCEL while it rings, BYE when it is answered."""

from collections.abc import Callable, Sequence

from dialer.lines.sip.dialog import Dialog, new_branch
from dialer.lines.sip.digest import CHALLENGES
from dialer.lines.sip.packet import Packet
from dialer.lines.sip.reactor import Reactor
from dialer.lines.sip.transaction import FINAL, ClientTransaction
from dialer.lines.sip.wire import Wire


def _nothing(_code: int | None) -> None:
    """Do nothing with an answer."""


def send_cancel(
    *,
    wire: Wire,
    reactor: Reactor,
    dialog: Dialog,
    then: Callable[[int | None], None] = _nothing,
    extra: Sequence[str] = (),
) -> None:
    """Cancel the newest INVITE; what comes of it arrives as the INVITE's final answer.

    `then` is told the code of the CANCEL's own answer, None for silence.
    """
    data = dialog.cancel(extra=extra)

    def answered(packet: Packet) -> None:
        if packet.code is not None and packet.code >= FINAL:
            then(packet.code)

    transaction = ClientTransaction(
        reactor=reactor,
        send=lambda: wire.send(data, peer=dialog.peer),
        method="CANCEL",
        on_response=answered,
        on_timeout=lambda: then(None),
    )
    wire.request(transaction, branch=dialog.branch)


def send_bye(
    *,
    wire: Wire,
    reactor: Reactor,
    dialog: Dialog,
    then: Callable[[int | None], None] = _nothing,
    extra: Sequence[str] = (),
    authorization: tuple[str, ...] = (),
) -> None:
    """Say goodbye until it is heard or 8 s are over; either way go on with `then`.

    `then` is told the code of the answer, None for silence.
    """
    branch = new_branch()
    data = dialog.next_request("BYE", branch=branch, extra=(*extra, *authorization))

    def answered(packet: Packet) -> None:
        if packet.code in CHALLENGES and not authorization:
            line = wire.authorization(packet, method="BYE", uri=dialog.target)
            if line is not None:
                send_bye(
                    wire=wire,
                    reactor=reactor,
                    dialog=dialog,
                    then=then,
                    extra=extra,
                    authorization=(line,),
                )
                return
        if packet.code is not None and packet.code >= FINAL:
            then(packet.code)

    transaction = ClientTransaction(
        reactor=reactor,
        send=lambda: wire.send(data, hop=dialog.next_hop, peer=dialog.peer),
        method="BYE",
        on_response=answered,
        on_timeout=lambda: then(None),
    )
    wire.request(transaction, branch=branch)


def acknowledge(answer: Packet, *, wire: Wire, dialog: Dialog) -> None:
    """Send the ACK of a 200, each time that the 200 comes."""
    wire.send(dialog.ack_answer(cseq=answer.cseq), hop=dialog.next_hop, peer=dialog.peer)


class Strays:
    """Takes down answers that came after the CANCEL, after the end, or from a fork."""

    def __init__(self, *, wire: Wire, reactor: Reactor) -> None:
        """Of one call."""
        self._wire = wire
        self._reactor = reactor
        self._tags: set[str] = set()

    def take_down(self, answer: Packet, *, of: Dialog, forked: bool) -> None:
        """Acknowledge and say goodbye; a fork's answer is told."""
        stray = of.fork(answer)
        acknowledge(answer, wire=self._wire, dialog=stray)
        if answer.to_tag in self._tags:
            return
        self._tags.add(answer.to_tag)
        if forked:
            self._wire.refused("fork", answer)
        send_bye(wire=self._wire, reactor=self._reactor, dialog=stray)
