"""Seat and line: what one person and one number may carry."""

from datetime import timedelta
from typing import Any

import pytest

from compliance.rulebook.decision import Verdict
from compliance.rulebook.facts import UseFacts
from tests.compliance.rulebook.asking import ask, reason
from tests.compliance.rulebook.build import make_facts
from tests.compliance.rulebook.instants import WORKDAY_MORNING

AGO = timedelta(minutes=40)


def used(count: int, *, ago: timedelta = AGO) -> UseFacts:
    return UseFacts(count=count, oldest_at=WORKDAY_MORNING - ago)


class TestReady:
    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            ({}, "allow"),
            ({"seat": None}, "seat_unknown"),
            ({"seat__active": False}, "seat_inactive"),
            ({"seat__open_permits": 1}, "seat_busy"),
        ],
    )
    def test_has_one_call_at_a_time(self, changes: dict[str, Any], expected: str) -> None:
        assert reason("CN13-DIA-01", make_facts(**changes)) == expected

    def test_is_looked_at_again_soon(self) -> None:
        answer = ask("CN13-DIA-01", make_facts(seat__open_permits=1))

        assert answer.verdict is Verdict.DEFER
        assert answer.retry_at == WORKDAY_MORNING + timedelta(seconds=10)


class TestSeatCaps:
    @pytest.mark.parametrize(
        ("hour", "day", "expected"),
        [
            (24, 119, "allow"),
            (25, 119, "seat_hour"),
            (26, 26, "seat_hour"),
            (24, 120, "seat_day"),
        ],
    )
    def test_stop_at_25_an_hour_and_120_a_day(self, hour: int, day: int, expected: str) -> None:
        facts = make_facts(seat__hour=used(hour), seat__day=used(day))

        assert reason("CN13-DIA-03", facts) == expected

    def test_free_a_place_when_the_oldest_call_leaves_the_window(self) -> None:
        facts = make_facts(seat__hour=used(25), seat__day=used(26))

        assert ask("CN13-DIA-03", facts).retry_at == WORKDAY_MORNING - AGO + timedelta(hours=1)

    def test_wait_for_the_window_that_frees_last(self) -> None:
        facts = make_facts(seat__hour=used(25), seat__day=used(120, ago=timedelta(hours=9)))

        assert ask("CN13-DIA-03", facts).retry_at == WORKDAY_MORNING + timedelta(hours=15)

    @pytest.mark.parametrize(
        "changes",
        [
            {"seat": None},
            {"seat__hour": UseFacts(count=25, oldest_at=None), "seat__day": used(120)},
            {"seat__day": UseFacts(count=120, oldest_at=None)},
        ],
    )
    def test_refuse_when_the_use_is_unknown(self, changes: dict[str, Any]) -> None:
        assert reason("CN13-DIA-03", make_facts(**changes)) == "seat_unknown"

    def test_have_room_at_the_instant_that_the_oldest_call_leaves(self) -> None:
        use = used(25)
        then = WORKDAY_MORNING - AGO + timedelta(hours=1)

        before = make_facts(at=then - timedelta(microseconds=1), seat__hour=use)

        assert reason("CN13-DIA-03", before) == "seat_hour"
        assert reason("CN13-DIA-03", make_facts(at=then, seat__hour=use)) == "allow"

    @pytest.mark.parametrize("count", [26, 27])
    def test_wait_a_whole_window_when_overfull(self, count: int) -> None:
        facts = make_facts(seat__hour=used(count, ago=timedelta(hours=1)))

        answer = ask("CN13-DIA-03", facts)

        assert answer.retry_at == WORKDAY_MORNING + timedelta(hours=1)
        assert answer.values == (("count", count - 1), ("limit", 25))


class TestLineCaps:
    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            ({"line__caller_day": used(499)}, "allow"),
            ({"line__caller_day": used(500)}, "caller_day"),
            ({"line__trunk_open_permits": 29}, "allow"),
            ({"line__trunk_open_permits": 30}, "trunk_full"),
            ({"line": None}, "line_unknown"),
            ({"filing__trunk": None}, "trunk_unknown"),
            ({"line__caller_day": UseFacts(count=500, oldest_at=None)}, "line_unknown"),
        ],
    )
    def test_stop_at_500_a_day_and_at_the_contracts_concurrency(
        self, changes: dict[str, Any], expected: str
    ) -> None:
        assert reason("CN13-DIA-04", make_facts(**changes)) == expected

    def test_say_when_to_ask_again(self) -> None:
        day = ask("CN13-DIA-04", make_facts(line__caller_day=used(500)))
        trunk = ask("CN13-DIA-04", make_facts(line__trunk_open_permits=30))

        assert day.retry_at == WORKDAY_MORNING - AGO + timedelta(hours=24)
        assert trunk.retry_at == WORKDAY_MORNING + timedelta(seconds=10)
