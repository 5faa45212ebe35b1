"""The agent at work: a press for every call, time to wrap up, a break in every hour."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.books import book
from compliance.rulebook.bound import PackError
from compliance.rulebook.decision import ALLOW, Verdict
from compliance.rulebook.engine import decide
from tests.compliance.rulebook.asking import ask, other_book, reason
from tests.compliance.rulebook.build import make_facts
from tests.compliance.rulebook.instants import WORKDAY_MORNING

RULE = "CN13-DIA-02"
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def ago(gap: timedelta) -> datetime:
    return WORKDAY_MORNING - gap


class TestPress:
    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            ({}, "allow"),
            ({"seat": None}, "seat_unknown"),
            ({"seat__ready_at": None}, "never_ready"),
            ({"seat__on_duty_since": None}, "seat_unknown"),
            ({"seat__ready_at": ago(MINUTE), "seat__last_rang_at": ago(2 * MINUTE)}, "allow"),
            ({"seat__ready_at": ago(MINUTE), "seat__last_rang_at": ago(MINUTE)}, "press_used"),
            ({"seat__ready_at": ago(MINUTE), "seat__last_rang_at": ago(SECOND)}, "press_used"),
        ],
    )
    def test_is_good_for_one_call(self, changes: dict[str, Any], expected: str) -> None:
        assert reason(RULE, make_facts(**changes)) == expected

    def test_that_is_used_is_looked_for_again_soon(self) -> None:
        answer = ask(RULE, make_facts(seat__last_rang_at=WORKDAY_MORNING))

        assert (answer.verdict, answer.retry_at) == (Verdict.DEFER, ago(-10 * SECOND))


class TestWrapUp:
    @pytest.mark.parametrize(
        ("since", "expected"),
        [(0, "wrapping_up"), (19, "wrapping_up"), (20, "allow"), (21, "allow")],
    )
    def test_takes_twenty_seconds_after_a_talk(self, since: int, expected: str) -> None:
        facts = make_facts(seat__last_talk_ended_at=ago(since * SECOND))

        assert reason(RULE, facts) == expected

    def test_ends_at_a_known_instant(self) -> None:
        answer = ask(RULE, make_facts(seat__last_talk_ended_at=ago(5 * SECOND)))

        assert answer.retry_at == ago(-15 * SECOND)


class TestBreak:
    @pytest.mark.parametrize(
        ("worked", "expected"),
        [
            (50 * MINUTE - SECOND, "allow"),
            (50 * MINUTE, "break_due"),
            (9 * 60 * MINUTE, "break_due"),
        ],
    )
    def test_is_due_after_fifty_minutes(self, worked: timedelta, expected: str) -> None:
        assert reason(RULE, make_facts(seat__on_duty_since=ago(worked))) == expected

    @pytest.mark.parametrize(
        ("pressed", "talked", "until"),
        [
            (9 * MINUTE, None, MINUTE),
            (9 * MINUTE, 10 * MINUTE, MINUTE),
            (12 * MINUTE, 4 * MINUTE, 6 * MINUTE),
        ],
    )
    def test_is_over_when_ten_minutes_brought_neither_press_nor_call(
        self, pressed: timedelta, talked: timedelta | None, until: timedelta
    ) -> None:
        facts = make_facts(
            seat__on_duty_since=ago(70 * MINUTE),
            seat__ready_at=ago(pressed),
            seat__last_talk_ended_at=None if talked is None else ago(talked),
        )

        decision = decide(facts, book())

        assert ask(RULE, facts).retry_at == decision.retry_at == WORKDAY_MORNING + until

    def test_is_over_after_ten_quiet_minutes(self) -> None:
        facts = make_facts(seat__on_duty_since=ago(70 * MINUTE), seat__ready_at=ago(10 * MINUTE))

        assert ask(RULE, facts) is ALLOW


class TestDuty:
    @given(rang=st.integers(0, 3600), pressed=st.integers(0, 3600), talked=st.integers(0, 3600))
    def test_never_lets_two_calls_follow_by_themselves(
        self, rang: int, pressed: int, talked: int
    ) -> None:
        facts = make_facts(
            seat__last_rang_at=ago(rang * SECOND),
            seat__ready_at=ago(pressed * SECOND),
            seat__last_talk_ended_at=ago(talked * SECOND),
        )

        allowed = ask(RULE, facts) is ALLOW

        assert not allowed or (pressed < rang and talked >= 20)

    @pytest.mark.parametrize(
        ("name", "loose"), [("wrap_seconds", 19), ("work_minutes", 51), ("break_minutes", 9)]
    )
    def test_has_floors(self, name: str, loose: int) -> None:
        def change(pack: dict[str, Any]) -> None:
            pack["rules"][RULE]["params"][0][name] = loose

        with pytest.raises(PackError, match="looser"):
            other_book(change)
