"""Refresh a call whose session timer is ours: by UPDATE if the peer takes it, else re-INVITE."""

import secrets
from collections.abc import Callable

from dialer.lines.sip.dialog import Dialog, new_branch
from dialer.lines.sip.digest import CHALLENGES
from dialer.lines.sip.packet import Packet
from dialer.lines.sip.reactor import Reactor
from dialer.lines.sip.sdp import read_sdp
from dialer.lines.sip.session_timer import SessionTimer
from dialer.lines.sip.timers import Timer
from dialer.lines.sip.transaction import FINAL, ClientTransaction
from dialer.lines.sip.wire import Session, Wire

TOO_BRIEF = 422
PENDING = 491
REDIRECT = 300
UNKNOWN_METHOD = frozenset({405, 501})
GLARE_SECONDS = (2.1, 1.9)  # RFC 3261 14.1: from 2.1 to 4 s, for the one who chose the Call-ID


class Refresh:
    """Sends one refresh after the other; `failed` is told, in words, when there is no way on."""

    def __init__(
        self,
        *,
        wire: Wire,
        reactor: Reactor,
        dialog: Dialog,
        session: Session,
        wish: tuple[int, int],  # the interval that we ask for, and the least, in seconds
        failed: Callable[[str], object],
    ) -> None:
        """Refresh nothing yet."""
        seconds, least = wish
        self.timer = SessionTimer(
            reactor=reactor,
            seconds=seconds,
            least=least,
            refresh=self.send,
            expire=lambda: self._fail("The session was not refreshed in time"),
        )
        self.offering = False  # a re-INVITE of ours waits for its answer
        self._wire = wire
        self._reactor = reactor
        self._dialog = dialog
        self._session = session
        self._failed = failed
        self._by_update = False
        self._stopped = False
        self._again: Timer | None = None

    def answered(self, answer: Packet) -> None:
        """Learn from the 200 that opened the call what the peer takes, and what is agreed."""
        allowed = ",".join(answer.headers.get("allow", ())).upper()
        self._by_update = "UPDATE" in map(str.strip, allowed.split(","))
        self.timer.agreed(answer)

    def stop(self) -> None:
        """Send no more: the call is over."""
        self._stopped = True
        self.timer.stop()
        if self._again is not None:
            self._again.cancel()

    def send(self, authorization: tuple[str, ...] = ()) -> None:
        """Refresh the call."""
        if self._stopped:
            return
        method = "UPDATE" if self._by_update else "INVITE"
        body = b"" if self._by_update else self._session.describe(None)
        self.offering = not self._by_update
        branch = new_branch()
        extra = (*self.timer.wishes, *authorization)
        data = self._dialog.next_request(method, branch=branch, extra=extra, body=body)
        transaction = ClientTransaction(
            reactor=self._reactor,
            send=lambda: self._wire.send(data, hop=self._dialog.next_hop, peer=self._dialog.peer),
            method=method,
            on_response=lambda packet: self._take(packet, tried=bool(authorization)),
            on_timeout=lambda: self._fail("No reply to the session's refresh"),
        )
        self._wire.request(transaction, branch=branch)

    def _take(self, packet: Packet, *, tried: bool) -> None:
        code = packet.code or 0
        if code < FINAL:
            return
        self.offering = False
        if code < REDIRECT:
            self._dialog.refresh(packet)  # before the ACK: it goes to the new address
        self._acknowledge(packet, code)
        if self._stopped:
            return
        if code < REDIRECT:
            self._refreshed(packet)
        elif not self._another_try(packet, code, tried=tried):
            self._fail(f"The session's refresh was refused: {code} {packet.phrase}")

    def _refreshed(self, packet: Packet) -> None:
        self.timer.agreed(packet)
        media = read_sdp(packet.body)
        if packet.method == "INVITE" and media is not None:
            self._session.connect(answer=packet, media=media)

    def _another_try(self, packet: Packet, code: int, *, tried: bool) -> bool:
        """Try once more in another way. Return False if there is none."""
        if code in CHALLENGES and not tried:
            line = self._wire.authorization(packet, method=packet.method, uri=self._dialog.target)
            if line is None:
                return False
            self.send((line,))
        elif code in UNKNOWN_METHOD and self._by_update:
            self._by_update = False
            self.send()
        elif code == TOO_BRIEF and self.timer.too_brief(packet):
            self.send()
        elif code == PENDING:
            least, more = GLARE_SECONDS
            pause = least + more * secrets.randbelow(1000) / 1000
            self._again = self._reactor.call_later(pause, self.send)
        else:
            return False
        return True

    def _acknowledge(self, packet: Packet, code: int) -> None:
        if packet.method != "INVITE":
            return
        if code < REDIRECT:
            ack = self._dialog.ack_answer(cseq=packet.cseq)
        else:
            ack = self._dialog.ack_refused_offer(packet)
        self._wire.send(ack, hop=self._dialog.next_hop, peer=self._dialog.peer)

    def _fail(self, reason: str) -> None:
        self.offering = False
        if not self._stopped:
            self._failed(reason)
