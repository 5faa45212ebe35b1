"""Machines that speak: not for marketing, named as machines, with a way out, and few."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.books import book
from compliance.rulebook.bound import PackError
from compliance.rulebook.decision import Verdict
from compliance.rulebook.engine import decide
from compliance.rulebook.facts import PURPOSES, UseFacts
from tests.compliance.rulebook.asking import ask, other_book, reason
from tests.compliance.rulebook.build import make_facts
from tests.compliance.rulebook.instants import WORKDAY_MORNING

RULES = ("CN13-DIA-09", "CN13-DIA-10", "CN13-DIA-11", "CN13-DIA-12")
GOOD = {
    "purpose": "P4",
    "filing__robot": True,
    "filing__says_machine": True,
    "filing__offers_person": True,
}


def robot(**changes: Any) -> Any:
    return make_facts(**GOOD | changes)


class TestAgent:
    @pytest.mark.parametrize("rule_id", RULES)
    def test_is_not_what_the_rules_about_robots_are_for(self, rule_id: str) -> None:
        assert reason(rule_id, make_facts()) == "not_applicable"


class TestRobot:
    @pytest.mark.parametrize("purpose", PURPOSES)
    def test_never_calls_for_marketing(self, purpose: str) -> None:
        expected = "robot_barred" if purpose == "P1" else "allow"

        assert reason("CN13-DIA-09", robot(purpose=purpose)) == expected

    @pytest.mark.parametrize(
        ("rule_id", "changes", "expected"),
        [
            ("CN13-DIA-09", {"filing__purpose": "P9"}, "purpose_unknown"),
            ("CN13-DIA-10", {}, "allow"),
            ("CN13-DIA-10", {"filing__says_machine": False}, "machine_hidden"),
            ("CN13-DIA-11", {}, "allow"),
            ("CN13-DIA-11", {"filing__offers_person": False}, "no_way_out"),
            ("CN13-DIA-11", {"filing__takes_refusal": False}, "no_way_out"),
        ],
    )
    def test_says_what_it_is_and_offers_a_way_out(
        self, rule_id: str, changes: dict[str, Any], expected: str
    ) -> None:
        assert reason(rule_id, robot(**changes)) == expected

    @pytest.mark.parametrize(
        ("day", "at_once", "expected"),
        [(199, 9, "allow"), (200, 9, "robot_day"), (199, 10, "robots_busy")],
    )
    def test_calls_200_a_day_and_ten_at_once(self, day: int, at_once: int, expected: str) -> None:
        used = UseFacts(count=day, oldest_at=WORKDAY_MORNING - timedelta(hours=1))
        facts = robot(line__caller_day=used, line__robot_open_permits=at_once)

        assert reason("CN13-DIA-12", facts) == expected

    def test_looks_again_soon_when_ten_call(self) -> None:
        answer = ask("CN13-DIA-12", robot(line__robot_open_permits=10))

        assert answer.retry_at == WORKDAY_MORNING + timedelta(seconds=10)

    def test_does_not_call_over_an_unknown_line(self) -> None:
        assert reason("CN13-DIA-12", robot(line=None)) == "line_unknown"

    @given(
        purpose=st.sampled_from(PURPOSES),
        regime=st.sampled_from(["b24_operator", "self_use", "carrier_agent"]),
        says=st.booleans(),
        person=st.booleans(),
    )
    def test_is_refused_whenever_anything_is_missing(
        self, *, purpose: str, regime: str, says: bool, person: bool
    ) -> None:
        facts = robot(
            purpose=purpose,
            filing__regime=regime,
            filing__says_machine=says,
            filing__offers_person=person,
        )

        if purpose == "P1" or not (says and person):
            assert decide(facts, book()).verdict is Verdict.REFUSE

    @pytest.mark.parametrize(
        ("rule_id", "name", "loose"),
        [
            ("CN13-DIA-09", "barred", []),
            ("CN13-DIA-12", "line_day", 201),
            ("CN13-DIA-12", "at_once", 11),
        ],
    )
    def test_has_floors(self, rule_id: str, name: str, loose: Any) -> None:
        def change(pack: dict[str, Any]) -> None:
            pack["rules"][rule_id]["params"][0][name] = loose

        with pytest.raises(PackError, match="looser"):
            other_book(change)
