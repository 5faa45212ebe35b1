"""Phones of seats are connected while their agents work, and calls end with them."""

from datetime import timedelta

import pytest

from dialer.line_process import both_legs
from dialer.line_process.both_legs import BothLegs, CallEvent, NobodyThere
from dialer.line_process.seat_legs import Changes, SeatLeg, SeatLegs
from dialer.lines.base import Answered, CallRequest, Ended, Held, Outcome, Progress
from dialer.lines.fake import FakeCall, ended
from dialer.lines.seat.fake import FakeSeatLine
from dialer.models import SeatSession
from dialer.services.seat_press import seat_pause
from tests.phones import fake_legs
from tests.world import MORNING, World, build_world, log_on

NOISE, SILENCE = b"\x10" * 160, b"\xff" * 160


@pytest.fixture
def world(db: None) -> World:
    return build_world()


@pytest.fixture
def line() -> FakeSeatLine:
    return FakeSeatLine()


@pytest.fixture
def legs(world: World, line: FakeSeatLine) -> SeatLegs:
    return fake_legs(world, line=line)


class TestSeatLegs:
    def test_connects_the_phone_of_whoever_is_at_work_and_of_nobody_else(
        self, world: World, line: FakeSeatLine, legs: SeatLegs
    ) -> None:
        log_on(world, world.seat, phone=False)

        legs.look()

        assert [one.address for one in line.requests] == [f"s{world.seat.code.lower()}"]
        assert legs.is_up(world.seat.pk)
        assert not legs.is_up(world.seats[1].pk)
        assert legs.changes() == Changes(up=frozenset({world.seat.pk}), down=frozenset())

    def test_lets_the_phone_go_when_its_agent_takes_a_break(
        self, world: World, line: FakeSeatLine, legs: SeatLegs
    ) -> None:
        log_on(world, world.seat)
        legs.look()
        (phone,) = line.phones.values()

        seat_pause(seat=world.seat, actor="u:1", now=MORNING)
        legs.look()

        assert phone.over
        assert legs.changes().down == {world.seat.pk}

    def test_calls_a_phone_that_hangs_up_again_with_pauses_that_grow(
        self, world: World, line: FakeSeatLine, legs: SeatLegs
    ) -> None:
        log_on(world, world.seat)
        legs.look()
        line.answers = False

        for _ in range(3):
            next(iter(line.phones.values())).say(ended(Outcome.UNAVAILABLE, sip_code=480))
            line.timers[-1].fire()

        assert [timer.seconds for timer in line.timers] == [0.5, 1.0, 2.0]
        assert not legs.is_up(world.seat.pk)

    def test_puts_right_what_the_database_has_wrong(self, world: World, legs: SeatLegs) -> None:
        log_on(world, world.seat)
        legs.look()
        legs.changes()
        SeatSession.objects.update(phone_up_at=None)

        legs.look()

        assert legs.changes().up == {world.seat.pk}

    def test_tries_a_line_again_whose_address_was_not_there_yet(
        self,
        world: World,
        line: FakeSeatLine,
        legs: SeatLegs,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        def not_yet() -> None:
            raise OSError(99, "Cannot assign requested address")

        log_on(world, world.seat, phone=False)
        with monkeypatch.context() as boot:
            boot.setattr(line, "start", not_yet)
            legs.look()
            legs.look()
        assert not legs.is_up(world.seat.pk)
        assert caplog.text.count("cannot be opened") == 1

        legs.look()

        assert legs.is_up(world.seat.pk)


class Call:
    """One call with both legs, step by step."""

    def __init__(self, world: World, line: FakeSeatLine, legs: SeatLegs) -> None:
        log_on(world, world.seat)
        legs.look()
        self.line = line
        self.told: list[CallEvent] = []
        leg = legs.leg(world.seat.pk)
        assert isinstance(leg, SeatLeg)
        self.legs = BothLegs(seat=leg, tell=self.told.append)
        asked = CallRequest(permit_id="p", callee="+8613800138000", caller_number="95123")
        self.callee = FakeCall(
            call_id="callee", request=asked, events=[], on_event=self.legs.heard
        )
        self.legs.begin(self.callee)

    @property
    def phone(self) -> FakeCall:
        return next(iter(self.line.phones.values()))

    def says(self, payload: bytes, *, ms: int) -> None:
        self.legs.sound.take(side="us", position=ms * 8, payload=payload, codec=0)

    def time_is_over(self, seconds: float) -> None:
        wanted = pytest.approx(seconds, abs=0.4)
        (timer,) = [one for one in self.line.timers if one.seconds == wanted]
        timer.fire()
        self.line.soon(lambda: None)  # phones that were called meanwhile answer

    def result(self) -> Ended:
        (last,) = [event for event in self.told if isinstance(event, Ended)]
        return last


@pytest.fixture
def call(world: World, line: FakeSeatLine, legs: SeatLegs) -> Call:
    return Call(world, line, legs)


class TestBothLegs:
    def test_are_joined_in_the_turn_of_the_answer_and_not_before(self, call: Call) -> None:
        call.callee.say(Progress(180))
        before = call.callee.bridged

        call.callee.say(Answered())

        assert (before, call.callee.bridged) == (None, call.phone)
        assert call.legs.bridged_after_ms == 0

    def test_note_when_the_agent_was_first_heard(self, call: Call) -> None:
        call.says(NOISE, ms=0)  # before the answer: nobody's
        call.callee.say(Answered())
        call.says(SILENCE, ms=20)
        call.says(NOISE, ms=340)
        call.says(NOISE, ms=360)

        call.time_is_over(both_legs.JOIN_SECONDS)

        assert call.legs.sound.after_ms == 340
        assert NobodyThere() not in call.told

    def test_make_an_abandoned_call_when_nobody_was_heard_in_time(self, call: Call) -> None:
        call.callee.say(Answered())
        call.says(SILENCE, ms=20)

        call.time_is_over(both_legs.JOIN_SECONDS)

        assert NobodyThere() in call.told
        assert call.callee.bridged is None
        call.callee.hangup()
        assert call.result().result.outcome is Outcome.ABANDONED

    def test_end_the_callees_when_the_phone_hangs_up_in_mid_call(self, call: Call) -> None:
        call.callee.say(Answered())
        call.says(NOISE, ms=20)

        call.phone.say(ended(Outcome.ANSWERED, ended_by="callee"))

        result = call.result().result
        assert (result.outcome, result.ended_by) == (Outcome.ANSWERED, "agent")

    def test_end_the_callees_when_the_phone_is_lost_in_mid_call(self, call: Call) -> None:
        call.callee.say(Answered())
        call.says(NOISE, ms=20)

        call.phone.lose()

        assert call.result().result.ended_by == "line"

    def test_ring_for_fifteen_seconds_when_the_phone_goes_away_meanwhile(self, call: Call) -> None:
        call.callee.say(Progress(180))
        call.line.answers = False

        call.phone.say(ended(Outcome.ANSWERED, ended_by="callee"))

        assert not call.callee.over
        call.time_is_over(15)
        assert call.result().result.ended_by == "agent"

    def test_go_on_when_the_phone_is_back_before_that(self, call: Call) -> None:
        call.callee.say(Progress(180))
        call.phone.say(ended(Outcome.ANSWERED, ended_by="callee"))
        call.time_is_over(0.5)  # it is called again, and answers

        call.time_is_over(15)

        assert not call.callee.over
        call.callee.say(Answered())
        assert call.callee.bridged is call.phone

    def test_let_the_callee_wait_while_the_phone_holds(self, call: Call) -> None:
        call.callee.say(Answered())

        call.phone.say(Held(on=True))
        held = call.callee.held
        call.phone.say(Held(on=False))

        assert (held, call.callee.held) == (True, False)

    def test_let_the_agent_give_up_a_ringing_call_no_sooner_than_anybody(self, call: Call) -> None:
        call.callee.say(Progress(180))

        call.legs.hang_up(by="agent")

        assert not call.callee.over
        call.time_is_over(timedelta(seconds=15).total_seconds())
        assert call.result().result.ended_by == "agent"
