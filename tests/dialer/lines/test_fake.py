"""The fake line keeps the promises of the real one."""

import pytest

from dialer.lines.base import (
    Answered,
    CallRequest,
    Digit,
    Ended,
    Held,
    Line,
    LineDownError,
    LineEvent,
    LineFullError,
    Outcome,
    Progress,
    PromptEnded,
)
from dialer.lines.fake import FakeLine, ended

REQUEST = CallRequest(permit_id="p", callee="+8613800138000", caller_number="95013")
BUSY: list[LineEvent] = [Progress(180), ended(Outcome.BUSY, sip_code=486)]


class TestFakeLine:
    def test_is_a_line(self) -> None:
        line: Line = FakeLine({})

        assert line.capacity().up

    def test_plays_the_script_of_the_callee_and_remembers_the_invite(self) -> None:
        events: list[LineEvent] = []
        line = FakeLine({REQUEST.callee: BUSY})

        call = line.originate(REQUEST, events.append)

        assert line.invites == [REQUEST]
        assert events[0] == Progress(180)
        assert isinstance(events[1], Ended)
        assert (events[1].result.outcome, events[1].result.call_id) == (Outcome.BUSY, call.call_id)
        assert line.capacity().live == 0

    def test_waits_for_each_step(self) -> None:
        events: list[LineEvent] = []
        line = FakeLine(lambda _request: [Answered(), Digit("9")], stepwise=True)
        line.originate(REQUEST, events.append)

        assert events == []
        assert line.step()
        assert events == [Answered()]
        assert line.step()
        assert events == [Answered(), Digit("9")]
        assert not line.step()

    @pytest.mark.parametrize(
        ("script", "outcome"),
        [([Progress(180)], Outcome.CANCELED), ([Answered()], Outcome.ANSWERED)],
    )
    def test_ends_a_call_once_when_we_hang_up(
        self, script: list[LineEvent], outcome: Outcome
    ) -> None:
        events: list[LineEvent] = []
        call = FakeLine(lambda _request: script).originate(REQUEST, events.append)

        call.hangup()
        call.hangup()

        (last,) = [event for event in events if isinstance(event, Ended)]
        assert (last.result.outcome, last.result.ended_by) == (outcome, "us")

    def test_says_nothing_after_the_end(self) -> None:
        events: list[LineEvent] = []
        line = FakeLine({REQUEST.callee: [*BUSY, Answered()]})

        line.originate(REQUEST, events.append)

        assert isinstance(events[-1], Ended)

    def test_remembers_what_was_asked_of_a_call_and_says_what_a_test_wants(self) -> None:
        events: list[LineEvent] = []
        line = FakeLine(lambda _request: [Answered()])
        callee, seat = line.originate(REQUEST, events.append), line.originate(REQUEST, print)

        callee.play("prompt.wav", then=callee.hangup)
        callee.bridge(seat)
        callee.hold(on=True)
        callee.say(Held(on=True))

        assert (callee.played, callee.playing) == (["prompt.wav"], None)
        assert (callee.bridged, seat.bridged, callee.held) == (seat, callee, True)
        assert events == [Answered(), Held(on=True)]

    def test_does_what_follows_a_prompt_when_it_ends(self) -> None:
        events: list[LineEvent] = []
        call = FakeLine(lambda _request: [Answered()]).originate(REQUEST, events.append)
        call.play("prompt.wav", then=call.hangup)

        call.end_prompt()

        assert events[1] == PromptEnded()
        assert isinstance(events[2], Ended)

    def test_refuses_before_an_invite_when_it_is_down_or_full(self) -> None:
        down = FakeLine({}, up=False)
        full = FakeLine({}, max_calls=0)

        with pytest.raises(LineDownError):
            down.originate(REQUEST, print)
        with pytest.raises(LineFullError):
            full.originate(REQUEST, print)
        assert (down.invites, full.invites) == ([], [])

    def test_keeps_room_for_the_call_that_it_was_asked_for(self) -> None:
        line = FakeLine(lambda _request: [Answered()], max_calls=1)
        room = line.reserve()
        with pytest.raises(LineFullError):
            line.reserve()

        call = line.originate(REQUEST, print, room=room)
        room.give_back()

        assert line.capacity().live == 1
        call.hangup()
        assert line.capacity().live == 0

    def test_loses_its_calls_when_it_stops(self) -> None:
        events: list[LineEvent] = []
        line = FakeLine({REQUEST.callee: [Answered()]})
        line.originate(REQUEST, events.append)

        line.stop()

        last = events[-1]
        assert isinstance(last, Ended)
        assert last.result.outcome is Outcome.LOST
