"""Press keys by SIP INFO, for a side that does not read them in the audio stream."""

from collections import deque

from dialer.lines.sip.dialog import Dialog, new_branch
from dialer.lines.sip.packet import Packet
from dialer.lines.sip.reactor import Reactor
from dialer.lines.sip.transaction import FINAL, ClientTransaction
from dialer.lines.sip.wire import Wire

MOST_KEYS = 64


class KeySender:
    """Sends one key after the other, so that they arrive in their order."""

    def __init__(self, *, wire: Wire, reactor: Reactor, dialog: Dialog) -> None:
        """Send inside a dialog that is open."""
        self._wire = wire
        self._reactor = reactor
        self._dialog = dialog
        self._waiting: deque[str] = deque(maxlen=MOST_KEYS)
        self._busy = False
        self._closed = False

    def press(self, digit: str) -> None:
        """Press a key."""
        self._waiting.append(digit)
        if not self._busy:
            self._next()

    def close(self) -> None:
        """Press no more."""
        self._closed = True
        self._waiting.clear()

    def _next(self) -> None:
        self._busy = bool(self._waiting) and not self._closed
        if not self._busy:
            return
        branch = new_branch()
        data = self._dialog.next_request(
            "INFO",
            branch=branch,
            extra=("Content-Type: application/dtmf-relay",),
            body=f"Signal={self._waiting.popleft()}\r\nDuration=160\r\n".encode(),
        )
        transaction = ClientTransaction(
            reactor=self._reactor,
            send=lambda: self._wire.send(data, hop=self._dialog.next_hop, peer=self._dialog.peer),
            method="INFO",
            on_response=self._answered,
            on_timeout=self._next,
        )
        self._wire.request(transaction, branch=branch)

    def _answered(self, packet: Packet) -> None:
        if packet.code is not None and packet.code >= FINAL:
            self._next()
