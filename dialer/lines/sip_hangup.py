"""Take a call down on the wire: CANCEL while it rings, BYE when it is answered."""

from collections.abc import Callable

from dialer.lines.sip_dialog import Dialog, new_branch
from dialer.lines.sip_digest import CHALLENGES
from dialer.lines.sip_packet import Packet
from dialer.lines.sip_reactor import Reactor
from dialer.lines.sip_transaction import FINAL, ClientTransaction
from dialer.lines.sip_wire import Wire


def send_cancel(*, wire: Wire, reactor: Reactor, dialog: Dialog) -> None:
    """Cancel the newest INVITE; what comes of it arrives as the INVITE's final answer."""
    data = dialog.cancel()
    transaction = ClientTransaction(
        reactor=reactor,
        send=lambda: wire.send(data),
        method="CANCEL",
        on_response=lambda _packet: None,
        on_timeout=lambda: None,
    )
    wire.request(transaction, branch=dialog.branch)


def send_bye(
    *,
    wire: Wire,
    reactor: Reactor,
    dialog: Dialog,
    then: Callable[[], None],
    authorization: tuple[str, ...] = (),
) -> None:
    """Say goodbye until it is heard or 8 s are over; either way go on with `then`."""
    branch = new_branch()
    data = dialog.next_request("BYE", branch=branch, extra=authorization)

    def answered(packet: Packet) -> None:
        if packet.code in CHALLENGES and not authorization:
            line = wire.authorization(packet, method="BYE", uri=dialog.target)
            if line is not None:
                send_bye(
                    wire=wire, reactor=reactor, dialog=dialog, then=then, authorization=(line,)
                )
                return
        if packet.code is not None and packet.code >= FINAL:
            then()

    transaction = ClientTransaction(
        reactor=reactor,
        send=lambda: wire.send(data, hop=dialog.next_hop),
        method="BYE",
        on_response=answered,
        on_timeout=then,
    )
    wire.request(transaction, branch=branch)
