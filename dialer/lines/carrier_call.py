"""One call at the loopback carrier: rings, answers, talks, hangs up, and insists on the rules."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Protocol

from dialer.lines.carrier_dialog import REFUSED, CalleeDialog
from dialer.lines.carrier_media import Address, CarrierMedia, Listener
from dialer.lines.carrier_script import Account, Behaviour
from dialer.lines.carrier_text import PHRASES, Message, sdp, write

T1, T2 = 0.5, 4.0  # seconds, RFC 3261 17.1.1.1 and 17.1.2.2
PATIENCE_SECONDS = 32.0  # 64*T1, RFC 3261 13.3.1.4: a 200 without its ACK ends the call
LONGEST_RING_SECONDS = 180.0
LONGEST_TALK_SECONDS = 7200.0
REQUEST_SECONDS = 0.1  # after the answer, before our own requests
OFFERS = frozenset({"INVITE", "UPDATE"})
EXTRA = {
    "INFO": ("Content-Type: application/dtmf-relay",),
    "REFER": ("Refer-To: <sip:1@127.0.0.1>",),
}
SESSION_PROGRESS = 183
FINAL = 200


class Carrier(Protocol):
    """What a call asks of its carrier."""

    host: str
    port: int
    media: CarrierMedia
    account: Account

    def send(self, data: bytes, address: Address) -> None:
        """Send a packet."""

    def note(self, call_id: str, kind: str, detail: str = "") -> None:
        """Write an event down."""


class CarrierCall:
    """The callee's side of one call."""

    def __init__(
        self, message: Message, *, carrier: Carrier, behaviour: Behaviour, address: Address
    ) -> None:
        self.over = False
        self._carrier = carrier
        self._behaviour = behaviour
        self._address = address
        self._loop = asyncio.get_running_loop()
        where = f"{carrier.host}:{carrier.port}"
        self._dialog = CalleeDialog(invite=message, behaviour=behaviour, where=where)
        self._lost = 0
        self._begun_cseq = 0
        self._last = b""
        self._final = 0
        self._unacknowledged = b""
        self._awaits_credentials = False
        self._timers: list[asyncio.TimerHandle] = []
        self._cseq = 0
        self._pending: dict[int, str] = {}
        self._listener: Listener | None = None

    # What arrives

    def invite(self, message: Message) -> None:
        """Take the INVITE, again and again if need be."""
        if self._lost < self._behaviour.lose_invites:
            self._lost += 1
        elif message.cseq == self._begun_cseq:
            if self._unacknowledged or not self._final:
                self._send(self._last)
        elif message.cseq > self._begun_cseq:
            self._begun_cseq = message.cseq
            self._dialog.invite = message
            self._begin()

    def ack(self, message: Message) -> None:
        """Check the ACK; a 200 whose ACK is wrong goes on being sent."""
        if not self._unacknowledged or message.cseq < self._begun_cseq:
            return
        wrong = self._dialog.wrong_in(message, final=self._final)
        if wrong:
            self._note("ack_wrong", wrong)
            return
        self._unacknowledged = b""
        if self._final < REFUSED:
            self._note("acknowledged")
        elif not self._awaits_credentials:
            self._finish()

    def cancel(self, message: Message) -> None:
        """Stop ringing."""
        known = message.branch == self._dialog.invite.branch
        heeded = known and not self._final and not self._behaviour.ignore_cancel
        if heeded:
            self._note("canceled")
        self.reply(message, 200 if known else 481)
        if not heeded:
            return
        self._stop_timers()
        if self._behaviour.answer_on_cancel:
            self._decide()
        else:
            self._finally(487)

    def bye(self, message: Message) -> None:
        """Take the caller's goodbye."""
        if message.to_tag == self._dialog.tag:
            self._end("caller")
            self.reply(message, 200)
        elif message.to_tag == self._dialog.fork_tag:
            self._note("fork_ended")
            self.reply(message, 200)
        else:
            self._note("bye_wrong", message.to_tag)
            self.reply(message, 481)

    def answered(self, message: Message) -> None:
        """Take the answer to a request of ours."""
        if self._pending.get(message.cseq) != message.method or message.code < FINAL:
            return
        del self._pending[message.cseq]
        self._note("reply", f"{message.method} {message.code}")
        if message.method == "INVITE":
            self._send(self._dialog.request("ACK", cseq=message.cseq))

    def reply(self, message: Message, code: int) -> None:
        """Answer a request of the caller at once."""
        to = message.first("to")
        self._send(
            write(
                f"SIP/2.0 {code} {PHRASES[code]}",
                *(f"Via: {via}" for via in message.headers["via"]),
                f"From: {message.first('from')}",
                f"To: {to}" if message.to_tag else f"To: {to};tag={self._dialog.tag}",
                f"Call-ID: {message.call_id}",
                f"CSeq: {message.cseq} {message.method}",
            )
        )

    # What the callee does

    def _begin(self) -> None:
        self._final, self._unacknowledged = 0, b""
        if self._behaviour.challenge:
            self._awaits_credentials = not self._dialog.credentials()
            if not self._dialog.proved(self._carrier.account):
                self._finally(self._behaviour.challenge, self._dialog.challenge())
                return
        for code in self._behaviour.provisional:
            self._answer(code, body=self._sdp() if code == SESSION_PROGRESS else b"")
        if self._behaviour.never_answers:
            self._later(LONGEST_RING_SECONDS, lambda: self._finally(480))
        else:
            self._later(self._behaviour.ring_seconds, self._decide)

    def _decide(self) -> None:
        reason = (f"Reason: {self._behaviour.reason}",) if self._behaviour.reason else ()
        if self._behaviour.code >= REFUSED:
            self._finally(self._behaviour.code, *reason)
            return
        self._note("answered")
        self._listen()
        self._finally(self._behaviour.code, body=self._sdp())
        talk = self._behaviour.talk_seconds
        self._later(LONGEST_TALK_SECONDS if talk is None else talk, self._hang_up)
        if self._behaviour.forks:
            self._answer(200, tag=self._dialog.fork_tag, body=self._sdp())
        if self._behaviour.key:
            self._later(self._behaviour.key_seconds, self._press)
        for number, method in enumerate(self._behaviour.requests):
            self._later(REQUEST_SECONDS * (number + 1), partial(self._ask, method))

    def _listen(self) -> None:
        if address := self._dialog.invite.media:
            self._listener = self._carrier.media.listen(
                address, lambda digit: self._note("digit", digit)
            )

    def _press(self) -> None:
        key, by = self._behaviour.key, self._behaviour.key_by
        if by == "info":
            self._ask("INFO", f"Signal={key}\r\nDuration=160\r\n".encode())
        elif address := self._dialog.invite.media:
            lose_first = by == "rtp_without_marker"
            self._carrier.media.press(key, address=address, lose_first=lose_first)

    def _hang_up(self) -> None:
        if self.over:
            return
        if self._unacknowledged:
            self._later(T1, self._hang_up)
            return
        self._end("callee")
        self._ask("BYE")

    def _end(self, by: str) -> None:
        if self.over:
            return
        heard = self._listener.packets if self._listener is not None else 0
        self._note("ended", f"by {by}, {heard} packets of audio")
        self._finish()

    def _finish(self) -> None:
        self.over = True
        self._stop_timers()
        if address := self._dialog.invite.media:
            self._carrier.media.forget(address)

    # What leaves

    def _answer(self, code: int, *extra: str, tag: str = "", body: bytes = b"") -> None:
        self._last = self._dialog.answer(code, *extra, tag=tag, body=body)
        self._send(self._last)

    def _finally(self, code: int, *extra: str, body: bytes = b"") -> None:
        self._final = code
        if code >= REFUSED and not self._awaits_credentials:
            self._note("refused", str(code))
        self._answer(code, *extra, body=body)
        self._unacknowledged = data = self._last
        self._resend(data, lambda: self._unacknowledged is data, self._unheard)

    def _ask(self, method: str, body: bytes = b"") -> None:
        """Send a request of our own inside the call until it is answered."""
        self._cseq += 1
        cseq = self._cseq
        self._pending[cseq] = method
        body = body or (self._sdp() if method in OFFERS else b"")
        data = self._dialog.request(method, *EXTRA.get(method, ()), cseq=cseq, body=body)
        self._send(data)
        self._resend(data, lambda: cseq in self._pending, lambda: None)

    def _resend(
        self, data: bytes, wanted: Callable[[], bool], unheard: Callable[[], None]
    ) -> None:
        until = self._loop.time() + PATIENCE_SECONDS

        def again(pause: float) -> None:
            if not wanted():
                return
            if self._loop.time() >= until:
                unheard()
                return
            self._send(data)
            longer = min(pause * 2, T2)
            self._later(longer, lambda: again(longer))

        self._later(T1, lambda: again(T1))

    def _unheard(self) -> None:
        """Drop the call that nobody acknowledged (RFC 3261 13.3.1.4)."""
        self._unacknowledged = b""
        if self._final < REFUSED:
            self._note("dropped", "no right ACK in 32 s")
            self._hang_up()
        else:
            self._finish()

    def _sdp(self) -> bytes:
        media = self._carrier.media
        return sdp(host=self._carrier.host, port=media.port, formats=self._behaviour.formats)

    def _note(self, kind: str, detail: str = "") -> None:
        self._carrier.note(self._dialog.invite.call_id, kind, detail)

    def _send(self, data: bytes) -> None:
        self._carrier.send(data, self._address)

    def _later(self, seconds: float, action: Callable[[], None]) -> None:
        self._timers.append(self._loop.call_later(seconds, action))

    def _stop_timers(self) -> None:
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
