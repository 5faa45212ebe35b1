"""A carrier that turns calls away one after the other: the line stops asking, and tells."""

from collections.abc import Callable

import pytest

from dialer.lines.base import LineAlarm, LineDownError, Outcome
from dialer.lines.sip.pyvoip import SipLine
from tests.sip.peers import CarrierProcess, Ear, OpenLine, request

Number = Callable[[str], str]


def call(line: SipLine, number: str) -> Outcome:
    ear = Ear()
    line.originate(request(number), ear)
    return ear.result().outcome


class TestPause:
    def test_follows_calls_that_are_turned_away_in_a_row(
        self, open_line: OpenLine, carrier: CarrierProcess, number: Number
    ) -> None:
        alarms: list[LineAlarm] = []
        line = open_line(carrier.port, most_turned_away=2)
        line.note_alarms(alarms.append)
        for name in ("forbidden", "forbidden", "busy", "straight_forbidden", "opus"):
            call(line, number(name))
        before = line.capacity()

        last = call(line, number("forbidden"))

        assert (before.up, last) == (True, Outcome.FORBIDDEN)
        capacity = line.capacity()
        assert (capacity.up, capacity.advertised) == (False, 0)
        assert "已暂停" in capacity.reason
        assert alarms == [LineAlarm(outcome=Outcome.FORBIDDEN, in_a_row=3)]
        with pytest.raises(LineDownError):
            line.originate(request(number("busy")), Ear())

    def test_ends_when_it_is_told_to_and_counts_anew(
        self, open_line: OpenLine, carrier: CarrierProcess, number: Number
    ) -> None:
        line = open_line(carrier.port, most_turned_away=0)
        call(line, number("forbidden"))
        paused = not line.capacity().up

        line.resume()

        assert paused
        assert call(line, number("busy")) is Outcome.BUSY
        line.pause()
        assert not line.capacity().up

    def test_leaves_calls_that_are_up_alone(
        self, open_line: OpenLine, carrier: CarrierProcess, number: Number
    ) -> None:
        line = open_line(carrier.port, most_turned_away=0)
        talking = Ear()
        handle = line.originate(request(number("answer_wait")), talking)

        call(line, number("forbidden"))

        assert talking.results == []
        handle.hangup()
        assert talking.result().ended_by == "us"
