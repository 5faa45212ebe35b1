"""One call at the loopback carrier: rings, answers, talks, hangs up, and insists on the rules."""

from functools import partial
from typing import Protocol

from dialer.lines.carrier.dialog import REFUSED, CalleeDialog
from dialer.lines.carrier.media import Address, CarrierMedia, Listener
from dialer.lines.carrier.script import Account, Behaviour
from dialer.lines.carrier.session import CarrierSession
from dialer.lines.carrier.text import PHRASES, Message, sdp, write
from dialer.lines.carrier.timers import T1, CalleeTimers

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
        self._address = self.source = address  # of the INVITE; of the newest request
        host = f"[{carrier.host}]" if ":" in carrier.host else carrier.host
        where = f"{host}:{carrier.port}"
        self._dialog = CalleeDialog(invite=message, behaviour=behaviour, where=where)
        self._lost = 0
        self._begun_cseq = 0
        self._last = b""
        self._final = 0
        self._unacknowledged = b""
        self._awaits_another = False  # INVITE, with credentials or with another wish
        self._timers = CalleeTimers(send=self._send)
        self._cseq = 0
        self._pending: dict[int, str] = {}
        self._listener: Listener | None = None
        self._session = CarrierSession(
            behaviour=behaviour,
            note=self._note,
            later=self._timers.later,
            refresh=lambda lines: self._ask("UPDATE", extra=lines),
            hang_up=self._hang_up,
        )

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
        if self._session.acknowledged(message):
            return
        if not self._unacknowledged or message.cseq < self._begun_cseq:
            return
        wrong = self._dialog.wrong_in(message, final=self._final)
        if wrong:
            self._note("ack_wrong", wrong)
            return
        self._unacknowledged = b""
        if self._final < REFUSED:
            self._note("acknowledged")
        elif not self._awaits_another:
            self._finish()

    def cancel(self, message: Message) -> None:
        """Stop ringing."""
        known = message.sender == self._dialog.invite.sender
        heeded = known and not self._final and not self._behaviour.ignore_cancel
        if heeded:
            self._note("canceled")
        self.reply(message, 200 if known else 481)
        if not heeded:
            return
        self._timers.stop()
        if self._behaviour.answer_on_cancel:
            self._decide()
        else:
            self._finally(487)

    def refresh(self, message: Message) -> None:
        """Take an UPDATE or a re-INVITE of the caller."""
        code, lines = self._session.refreshed(message)
        contact = f"Contact: <{self._dialog.contact}>"
        body = self._sdp() if message.body and code < REFUSED else b""
        self.reply(message, code, contact, *lines, body=body)

    def bye(self, message: Message) -> None:
        """Take the caller's goodbye."""
        if message.to_tag == self._dialog.tag:
            wrong = self._dialog.wrong_in_bye(message)
            if wrong:
                self._note("bye_wrong", wrong)
                self.reply(message, 500)
                return
            if reason := message.first("reason"):
                self._note("bye_reason", reason)
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
        self._session.answered(message)
        if message.method == "INVITE":
            self._send(self._dialog.request("ACK", cseq=message.cseq))

    def reply(self, message: Message, code: int, *extra: str, body: bytes = b"") -> None:
        """Answer a request of the caller at once."""
        to = message.first("to")
        self._carrier.send(
            write(
                f"SIP/2.0 {code} {PHRASES.get(code, 'Refused')}",
                *(f"Via: {via}" for via in message.headers["via"]),
                f"From: {message.first('from')}",
                f"To: {to}" if message.to_tag else f"To: {to};tag={self._dialog.tag}",
                f"Call-ID: {message.call_id}",
                f"CSeq: {message.cseq} {message.method}",
                *extra,
                body=body,
            ),
            self.source,
        )

    # What the callee does

    def _begin(self) -> None:
        self._final, self._unacknowledged, self._awaits_another = 0, b"", False
        if self._behaviour.challenge:
            self._awaits_another = not self._dialog.credentials()
            if not self._dialog.proved(self._carrier.account):
                self._finally(self._behaviour.challenge, self._dialog.challenge())
                return
        if too_brief := self._session.too_brief(self._dialog.invite):
            self._awaits_another = True
            self._finally(422, *too_brief)
            return
        for code in self._behaviour.provisional:
            self._answer(code, body=self._sdp() if code == SESSION_PROGRESS else b"")
        if self._behaviour.never_answers:
            self._timers.later(LONGEST_RING_SECONDS, lambda: self._finally(480))
        else:
            self._timers.later(self._behaviour.ring_seconds, self._decide)

    def _decide(self) -> None:
        reason = (f"Reason: {self._behaviour.reason}",) if self._behaviour.reason else ()
        if self._behaviour.code >= REFUSED:
            self._finally(self._behaviour.code, *reason)
            return
        self._note("answered")
        self._listen()
        agreed = self._session.agreed(self._dialog.invite)
        self._finally(self._behaviour.code, *agreed, body=self._sdp())
        talk = self._behaviour.talk_seconds
        self._timers.later(LONGEST_TALK_SECONDS if talk is None else talk, self._hang_up)
        if self._behaviour.forks:
            self._answer(200, tag=self._dialog.fork_tag, body=self._sdp())
        if self._behaviour.key:
            self._timers.later(self._behaviour.key_seconds, self._press)
        for number, method in enumerate(self._behaviour.requests):
            self._timers.later(REQUEST_SECONDS * (number + 1), partial(self._ask, method))

    def _listen(self) -> None:
        if address := self._dialog.invite.media:
            self._listener = self._carrier.media.listen(
                address,
                lambda digit: self._note("digit", digit),
                on_voice=lambda: self._note("voice"),
                echoes=self._behaviour.echoes,
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
            self._timers.later(T1, self._hang_up)
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
        self._timers.stop()
        address = self._dialog.invite.media
        if address and self._listener is not None:
            self._carrier.media.forget(address, self._listener)

    # What leaves

    def _answer(self, code: int, *extra: str, tag: str = "", body: bytes = b"") -> None:
        self._last = self._dialog.answer(code, *extra, tag=tag, body=body)
        self._send(self._last)

    def _finally(self, code: int, *extra: str, body: bytes = b"") -> None:
        self._final = code
        if code >= REFUSED and not self._awaits_another:
            self._note("refused", str(code))
        self._answer(code, *extra, body=body)
        self._unacknowledged = data = self._last
        self._timers.resend(data, lambda: self._unacknowledged is data, self._unheard)

    def _ask(self, method: str, body: bytes = b"", *, extra: tuple[str, ...] = ()) -> None:
        """Send a request of our own inside the call until it is answered."""
        self._cseq += 1
        cseq = self._cseq
        self._pending[cseq] = method
        body = body or (self._sdp() if method in OFFERS and not extra else b"")
        lines = (*EXTRA.get(method, ()), *extra)
        data = self._dialog.request(method, *lines, cseq=cseq, body=body)
        self._send(data)
        self._timers.resend(data, lambda: cseq in self._pending, lambda: None)

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
