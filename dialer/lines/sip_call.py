"""One outgoing call: from its INVITE to exactly one `Ended`, whatever the carrier does."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from dialer.lines.base import (
    Answered,
    CallRequest,
    Digit,
    Ended,
    EndedBy,
    LineEvent,
    Outcome,
    Progress,
    outcome_of,
)
from dialer.lines.sip_dialog import Dialog, reissue
from dialer.lines.sip_digest import CHALLENGES
from dialer.lines.sip_hangup import send_bye, send_cancel
from dialer.lines.sip_packet import Packet
from dialer.lines.sip_reactor import Reactor, Timer
from dialer.lines.sip_sdp import read_sdp
from dialer.lines.sip_story import EARLY, State, Story
from dialer.lines.sip_transaction import (
    FINAL,
    GIVE_UP_SECONDS,
    LINGER_SECONDS,
    ClientTransaction,
)
from dialer.lines.sip_wire import Session, Wire

logger = logging.getLogger(__name__)

CANCEL_SECONDS = 6.0  # a CANCEL whose INVITE gets no final answer: end the call ourselves
ANSWERS_TO_CHALLENGES = 2  # one, and one more for a nonce that went stale
BY_CALLEE = frozenset({Outcome.BUSY, Outcome.DECLINED})
RINGING = 180
REDIRECT = 300
NOT_ACCEPTABLE_HERE = 488
TERMINATED = 487


@dataclass(kw_only=True)
class Leg:
    """The state of one call. Everything here runs on the reactor's thread."""

    request: CallRequest
    reactor: Reactor
    wire: Wire
    dialog: Dialog
    invite: bytes
    session: Session
    on_event: Callable[[LineEvent], None]
    no_reply_seconds: float = GIVE_UP_SECONDS
    state: State = State.CALLING
    story: Story = field(default_factory=Story)
    _given_up: tuple[Outcome, EndedBy] | None = None  # how it ends if the CANCEL wins
    _cancel_sent: bool = False
    _challenged: int = 0
    _last_code: int = 0
    _declined_tags: set[str] = field(default_factory=set)
    _transaction: ClientTransaction | None = None
    _timer: Timer | None = None

    def begin(self) -> None:
        """Send the INVITE."""
        self._guarded(self._send_invite)

    def receive(self, packet: Packet) -> None:
        """Take an answer to the INVITE, also a late or a repeated one."""
        self._guarded(lambda: self._receive(packet))

    def hangup(self, *, outcome: Outcome = Outcome.CANCELED, by: EndedBy = "us") -> None:
        """End the call, whatever its state."""
        if self.state is State.ANSWERED:
            self._bye(by)
        elif self.state in EARLY and self._given_up is None:
            self._given_up = (outcome, by)
            if self.state is State.PROCEEDING:
                self._cancel()
            elif self._transaction is not None:  # if the INVITE was lost, let it stay lost
                self._transaction.stop_sending()

    def remote_bye(self, packet: Packet) -> None:
        """Take the callee's BYE."""
        if self.state is State.ANSWERED:
            self.story.ended(by="callee")
            self.story.q850 = packet.q850
            self._end(Outcome.ANSWERED)
        elif self.state is State.HANGING_UP:
            self._bye_done()

    def offered(self, packet: Packet) -> bytes:
        """Take a new offer inside the call and return our answer to it."""
        media = read_sdp(packet.body)
        if media is not None and self.state is State.ANSWERED:
            self.session.connect(answer=packet, media=media)
        return self.session.describe(media)

    def digit(self, digit: str) -> None:
        """Report a key that the callee pressed."""
        if self.state is not State.OVER:
            self._tell(Digit(digit))

    def lose(self) -> None:
        """End the call at once, without another packet."""
        self.story.ended(by="line")
        self._end(Outcome.LOST if self.story.answered_at is None else Outcome.ANSWERED)

    def _receive(self, packet: Packet) -> None:
        code = packet.code or 0
        if code < FINAL:
            self._provisional(code)
        elif code < REDIRECT:
            self._accepted(packet)
        else:
            self._refused(packet, code)

    def _send_invite(self) -> None:
        self._transaction = ClientTransaction(
            reactor=self.reactor,
            send=self._put_on_wire,
            method="INVITE",
            on_response=self.receive,
            on_timeout=self._silent,
            give_up_seconds=self.no_reply_seconds,
        )
        self.wire.request(self._transaction, branch=self.dialog.branch)

    def _put_on_wire(self) -> None:
        if self.wire.send(self.invite) and not self.story.on_wire:
            self.story.sent()
            self.wire.invite_sent()

    def _provisional(self, code: int) -> None:
        if self.state is State.OVER:
            self._rings_too_late()
        if self.state not in EARLY:
            return
        first, self.state = self.state is State.CALLING, State.PROCEEDING
        if self._given_up is not None:
            self._cancel()
        elif first or (code >= RINGING and self.story.rang_at is None):
            self._arm(self.request.ring_seconds, self._rang_out)
        if code >= RINGING:
            self._ringing(code)

    def _ringing(self, code: int) -> None:
        self.story.rang()
        if code != self._last_code:
            self._last_code = code
            self._tell(Progress(code))

    def _rings_too_late(self) -> None:
        """Stop a carrier that was silent, was given up, and rings now."""
        if self.story.sip_code is None:
            self._cancel()

    def _accepted(self, packet: Packet) -> None:
        wanted = self.state in EARLY and self._given_up is None
        if self.story.answered_at is not None and packet.to_tag == self.dialog.remote_tag:
            self._acknowledge(self.dialog, packet)
        elif wanted:
            self._answered(packet)
        else:
            self._decline_answer(packet)

    def _answered(self, packet: Packet) -> None:
        self.dialog.adopt(packet)
        self._acknowledge(self.dialog, packet)
        self.state = State.ANSWERED
        self.story.answered(sip_code=FINAL, reason=packet.phrase)
        media = read_sdp(packet.body)
        if media is None:
            self.story.why(sip_code=NOT_ACCEPTABLE_HERE, reason="No audio format in common")
            self._bye("us")
            return
        self._arm(self.request.max_talk_seconds, self.hangup)
        self.session.connect(answer=packet, media=media)
        self._tell(Answered())

    def _decline_answer(self, packet: Packet) -> None:
        """Take down an answer that came after our CANCEL, after the end, or from a fork."""
        stray = self.dialog.fork(packet)
        self._acknowledge(stray, packet)
        if packet.to_tag not in self._declined_tags:
            self._declined_tags.add(packet.to_tag)
            send_bye(wire=self.wire, reactor=self.reactor, dialog=stray, then=lambda: None)
        if self.state in EARLY:
            self.story.why(sip_code=packet.code, reason="Answered while it was being canceled")
            self._end_given_up()

    def _refused(self, packet: Packet, code: int) -> None:
        self.wire.send(self.dialog.ack_refusal(packet))
        if self.state not in EARLY or packet.branch != self.dialog.branch:
            return
        if code in CHALLENGES and self._given_up is None and self._authenticate(packet):
            return
        self.story.why(sip_code=code, reason=packet.phrase, q850=packet.q850)
        if self._given_up is not None and code in {TERMINATED, *CHALLENGES}:
            self._end_given_up()
            return
        outcome = outcome_of(code, packet.q850)
        self.story.ended(by="callee" if outcome in BY_CALLEE else "carrier")
        self._end(outcome)

    def _authenticate(self, packet: Packet) -> bool:
        """Send the INVITE again with credentials. Return False if there is no way to."""
        self._challenged += 1
        line = self.wire.authorization(packet, method="INVITE", uri=self.dialog.request_uri)
        rejected = self._challenged > 1 and not self.wire.is_stale(packet)
        if line is None or rejected or self._challenged > ANSWERS_TO_CHALLENGES:
            return False
        self.invite = reissue(self.invite, dialog=self.dialog, authorization=line)
        self.state = State.CALLING
        self._send_invite()
        return True

    def _silent(self) -> None:
        """Nothing came back for the INVITE."""
        self.wire.invite_silent()
        self.story.why(sip_code=None, reason="No reply")
        if self._given_up is None:
            self._given_up = (Outcome.LINE_DOWN, "line")
        self._end_given_up()

    def _rang_out(self) -> None:
        self.hangup(outcome=Outcome.NO_ANSWER)

    def _cancel(self) -> None:
        if self._cancel_sent:
            return
        self._cancel_sent = True
        send_cancel(wire=self.wire, reactor=self.reactor, dialog=self.dialog)
        if self.state is not State.OVER:
            self._arm(CANCEL_SECONDS, self._cancel_unheard)

    def _cancel_unheard(self) -> None:
        self.story.why(sip_code=None, reason="No final reply after CANCEL")
        self._end_given_up()

    def _end_given_up(self) -> None:
        outcome, by = self._given_up or (Outcome.CANCELED, "us")
        self.story.ended(by=by)
        self._end(outcome)

    def _bye(self, by: EndedBy) -> None:
        self.state = State.HANGING_UP
        self.story.ended(by=by)
        self._disarm()
        self.session.close()
        send_bye(wire=self.wire, reactor=self.reactor, dialog=self.dialog, then=self._bye_done)

    def _bye_done(self) -> None:
        self._end(outcome_of(self.story.sip_code, self.story.q850))

    def _end(self, outcome: Outcome) -> None:
        if self.state is State.OVER:
            return
        self.state = State.OVER
        self._disarm()
        if self._transaction is not None:
            self._transaction.close()
        call_id = self.dialog.call_id
        self.reactor.call_later(LINGER_SECONDS, lambda: self.wire.call_forgotten(call_id))
        try:
            self.session.close()
        finally:
            self.wire.call_over()
            self._tell(Ended(self.story.result(outcome=outcome, call_id=call_id)))

    def _guarded(self, action: Callable[[], None]) -> None:
        """Run the action; if it fails by a fault of ours, end the call rather than leave it."""
        try:
            action()
        except Exception:
            logger.exception("Call %s: an event could not be handled.", self.dialog.call_id)
            if self.state is State.ANSWERED:
                self._bye("line")
            else:
                self.lose()

    def _acknowledge(self, dialog: Dialog, answer: Packet) -> None:
        self.wire.send(dialog.ack_answer(cseq=answer.cseq), hop=dialog.next_hop)

    def _arm(self, seconds: float, action: Callable[[], None]) -> None:
        self._disarm()
        self._timer = self.reactor.call_later(seconds, action)

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _tell(self, event: LineEvent) -> None:
        try:
            self.on_event(event)
        except Exception:  # the listener's fault is not the call's
            logger.exception("Call %s: its listener failed.", self.dialog.call_id)
