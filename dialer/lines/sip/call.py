"""One outgoing call: from its INVITE to exactly one `Ended`, whatever the carrier does."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from dialer.lines.base import (
    Answered,
    CallRequest,
    Ended,
    EndedBy,
    LineEvent,
    Outcome,
    Progress,
)
from dialer.lines.outcomes import outcome_of
from dialer.lines.sip.config import LEAST_SESSION_SECONDS
from dialer.lines.sip.dialog import Dialog
from dialer.lines.sip.digest import CHALLENGES
from dialer.lines.sip.hangup import Strays, acknowledge, send_bye, send_cancel
from dialer.lines.sip.keys import KeySender
from dialer.lines.sip.packet import Packet
from dialer.lines.sip.reactor import Alarm, Reactor
from dialer.lines.sip.refresh import Refresh
from dialer.lines.sip.reissue import Reissue
from dialer.lines.sip.sdp import read_sdp
from dialer.lines.sip.story import EARLY, State, Story
from dialer.lines.sip.talk import Talk
from dialer.lines.sip.transaction import (
    FINAL,
    GIVE_UP_SECONDS,
    LINGER_SECONDS,
    ClientTransaction,
)
from dialer.lines.sip.wire import Session, Wire

logger = logging.getLogger(__name__)

CANCEL_SECONDS = 6.0  # a CANCEL whose INVITE gets no final answer: end the call ourselves
BY_CALLEE = frozenset({Outcome.BUSY, Outcome.DECLINED})
RINGING, REDIRECT, FAILURE = 180, 300, 400
TERMINATED, NOT_ACCEPTABLE_HERE = 487, 488


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
    session_wish: tuple[int, int] = (1800, LEAST_SESSION_SECONDS)  # as `Refresh` takes it
    state: State = State.CALLING
    story: Story = field(default_factory=Story)
    _given_up: tuple[Outcome, EndedBy] | None = None  # how it ends if the CANCEL wins
    _cancel_sent: bool = False
    _last_code: int = 0
    _transaction: ClientTransaction | None = None

    def __post_init__(self) -> None:
        """Prepare what asks again, what keeps the session alive, and what happens inside."""
        self._alarm = Alarm(self.reactor)
        self.talk = Talk(
            request=self.request,
            reactor=self.reactor,
            session=self.session,
            keys=KeySender(wire=self.wire, reactor=self.reactor, dialog=self.dialog),
            tell=self._tell,
            end=self._guarded_end,
        )
        self.refresh = Refresh(
            wire=self.wire,
            reactor=self.reactor,
            dialog=self.dialog,
            session=self.session,
            wish=self.session_wish,
            failed=self._guarded_end,
        )
        self._reissue = Reissue(wire=self.wire, dialog=self.dialog, timer=self.refresh.timer)
        self._strays = Strays(wire=self.wire, reactor=self.reactor)

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

    def stay(self, reason: str) -> None:
        """End a call whose INVITE has not left and will not; any other goes on."""
        if not self.story.withhold() and self.state is not State.OVER:
            self.story.why(sip_code=None, reason=reason)
            self.lose(outcome=Outcome.LINE_DOWN)

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
        return self.talk.offered(packet, answered=self.state is State.ANSWERED)

    def lose(self, *, outcome: Outcome = Outcome.LOST) -> None:
        """End the call at once, without another packet."""
        self.story.ended(by="line")
        self._end(outcome if self.story.answered_at is None else Outcome.ANSWERED)

    def _receive(self, packet: Packet) -> None:
        code = packet.code or 0
        if code < FINAL:
            self._provisional(code)
            if self.state is State.PROCEEDING:
                self.talk.early(packet)
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
        if self.story.on_wire:
            self.wire.send(self.invite, peer=self.dialog.peer)
        elif self.story.leave(lambda: self.wire.send(self.invite, peer=self.dialog.peer)):
            self.wire.invite_sent()

    def _provisional(self, code: int) -> None:
        if self.state is State.OVER and self.story.sip_code is None:
            self._cancel()  # the carrier was silent, was given up, and rings now
        if self.state not in EARLY:
            return
        first, self.state = self.state is State.CALLING, State.PROCEEDING
        if self._given_up is not None:
            self._cancel()
        elif first or (code >= RINGING and self.story.rang_at is None):
            self._alarm.set(self.request.ring_seconds, self._rang_out)
        if code >= RINGING:
            self._ringing(code)

    def _ringing(self, code: int) -> None:
        self.story.rang()
        if code != self._last_code:
            self._last_code = code
            self._tell(Progress(code))

    def _accepted(self, packet: Packet) -> None:
        wanted = self.state in EARLY and self._given_up is None
        if self.story.answered_at is not None and packet.to_tag == self.dialog.remote_tag:
            acknowledge(packet, wire=self.wire, dialog=self.dialog)
        elif wanted:
            self._answered(packet)
        else:
            self._decline_answer(packet)

    def _answered(self, packet: Packet) -> None:
        self.dialog.adopt(packet)
        acknowledge(packet, wire=self.wire, dialog=self.dialog)
        self.state = State.ANSWERED
        self.story.answered(sip_code=FINAL, reason=packet.phrase)
        media = read_sdp(packet.body)
        if media is None:
            self.story.why(sip_code=NOT_ACCEPTABLE_HERE, reason="No audio format in common")
            self._bye("us")
            return
        self._alarm.set(self.request.max_talk_seconds, self.hangup)
        self.refresh.answered(packet)
        self.talk.begin(packet, media)
        self._tell(Answered())
        self.talk.note_hold(media)

    def _decline_answer(self, packet: Packet) -> None:
        """Take down an answer that came after our CANCEL, after the end, or from a fork."""
        self._strays.take_down(packet, of=self.dialog, forked=self.story.answered_at is not None)
        if self.state in EARLY:
            self.story.why(sip_code=packet.code, reason="Answered while it was being canceled")
            self._end_given_up()

    def _refused(self, packet: Packet, code: int) -> None:
        self.wire.send(self.dialog.ack_refusal(packet), peer=self.dialog.peer)
        if self.state not in EARLY or packet.branch != self.dialog.branch:
            return
        if self._given_up is None:
            again = self._reissue.after(packet, invite=self.invite)
            if again is not None:
                self.invite, self.state = again, State.CALLING
                self._send_invite()
                return
        self.story.why(sip_code=code, reason=packet.phrase, q850=packet.q850)
        if self._given_up is not None and code in {TERMINATED, *CHALLENGES}:
            self._end_given_up()
            return
        if code < FAILURE:
            self.wire.refused("redirect", packet)
        outcome = outcome_of(code, packet.q850)
        self.story.ended(by="callee" if outcome in BY_CALLEE else "carrier")
        self._end(outcome)

    def _silent(self) -> None:
        """Nothing came back for the INVITE."""
        self.wire.invite_silent(self.dialog.peer)
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
            self._alarm.set(CANCEL_SECONDS, self._cancel_unheard)

    def _cancel_unheard(self) -> None:
        self.story.why(sip_code=None, reason="No final reply after CANCEL")
        self._end_given_up()

    def _end_given_up(self) -> None:
        outcome, by = self._given_up or (Outcome.CANCELED, "us")
        self.story.ended(by=by)
        self._end(outcome)

    def _guarded_end(self, reason: str) -> None:
        """End an answered call that a guard has found."""
        if self.state is State.ANSWERED:
            self.story.why(sip_code=FINAL, reason=reason)
            self._bye("line")

    def _bye(self, by: EndedBy) -> None:
        self.state = State.HANGING_UP
        self.story.ended(by=by)
        self._alarm.clear()
        self.refresh.stop()
        self.talk.close()
        send_bye(wire=self.wire, reactor=self.reactor, dialog=self.dialog, then=self._bye_done)

    def _bye_done(self, _code: int | None = None) -> None:
        self._end(outcome_of(self.story.sip_code, self.story.q850))

    def _end(self, outcome: Outcome) -> None:
        if self.state is State.OVER:
            return
        self.state = State.OVER
        self._alarm.clear()
        self.refresh.stop()
        self.invite = b""  # nothing of it is said again
        if self._transaction is not None:
            self._transaction.close()
        call_id = self.dialog.call_id
        self.reactor.call_later(LINGER_SECONDS, lambda: self.wire.call_forgotten(call_id))
        try:
            self.talk.close()
        finally:
            self.wire.call_over(outcome)
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

    def _tell(self, event: LineEvent) -> None:
        try:
            self.on_event(event)
        except Exception:  # the listener's fault is not the call's
            logger.exception("Call %s: its listener failed.", self.dialog.call_id)
