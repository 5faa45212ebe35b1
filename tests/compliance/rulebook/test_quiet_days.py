"""Quiet days: nobody is called where an examination, mourning or a disaster is."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.rulebook.bound import PackError
from compliance.rulebook.decision import Verdict
from compliance.rulebook.facts import PURPOSES, CallFacts, QuietFacts
from tests.compliance.rulebook.asking import ask, other_book, reason
from tests.compliance.rulebook.build import make_calendar, make_facts
from tests.compliance.rulebook.instants import WORKDAY_MORNING, beijing

RULE = "CN13-TIM-10"
MARCH_11 = date(2026, 3, 11)


def quiet(
    first: date, last: date | None = None, provinces: tuple[str, ...] = ("CN-*",), pk: int = 1
) -> QuietFacts:
    return QuietFacts(id=pk, first_day=first, last_day=last or first, provinces=provinces)


def on(*days: QuietFacts, at: str = "2026-03-11 10:00", **changes: Any) -> CallFacts:
    then = beijing(at)
    return make_facts(at=then, calendar=make_calendar(at=then, quiet=days), **changes)


class TestDeclared:
    @pytest.mark.parametrize(
        ("at", "expected"),
        [
            ("2026-03-10 23:59:59.999999", "allow"),
            ("2026-03-11 00:00", "quiet_day"),
            ("2026-03-12 23:59:59.999999", "quiet_day"),
            ("2026-03-13 00:00", "allow"),
        ],
    )
    def test_days_are_whole_local_days(self, at: str, expected: str) -> None:
        facts = on(quiet(MARCH_11, date(2026, 3, 12)), at=at)

        assert reason(RULE, facts) == expected

    @pytest.mark.parametrize(
        ("where", "callee", "expected"),
        [
            (("CN-SC",), ("CN-SC",), "quiet_day"),
            (("CN-SC",), ("CN-BJ",), "allow"),
            (("CN-SC", "CN-YN"), ("CN-BJ", "CN-YN"), "quiet_day"),
            (("CN-SC",), ("CN-*",), "quiet_day"),  # it may be there
            (("CN-*",), ("CN-BJ",), "quiet_day"),
        ],
    )
    def test_days_hold_wherever_the_callee_may_be(
        self, where: tuple[str, ...], callee: tuple[str, ...], expected: str
    ) -> None:
        facts = on(quiet(MARCH_11, provinces=where), callee__provinces=callee)

        assert reason(RULE, facts) == expected

    def test_days_in_a_row_are_waited_out_together(self) -> None:
        facts = on(quiet(MARCH_11), quiet(date(2026, 3, 12), date(2026, 3, 15), pk=2))

        assert ask(RULE, facts).retry_at == beijing("2026-03-16 00:00")

    @pytest.mark.parametrize("purpose", PURPOSES)
    def test_days_exempt_what_the_person_asked_for_and_public_notices(self, purpose: str) -> None:
        expected = "not_applicable" if purpose in ("P2", "P7") else "quiet_day"

        assert reason(RULE, on(quiet(MARCH_11), purpose=purpose)) == expected

    @pytest.mark.parametrize(
        ("last", "until"),
        [
            (date(2027, 3, 11), "2027-03-12 00:00"),
            (date(2027, 3, 12), "2027-03-13 00:00"),
            (date(2027, 3, 13), "2027-03-13 00:00"),
            (date(2030, 1, 1), "2027-03-13 00:00"),
        ],
    )
    def test_days_that_last_over_a_year_are_asked_about_after_it(
        self, last: date, until: str
    ) -> None:
        answer = ask(RULE, on(quiet(MARCH_11, last)))

        assert (answer.verdict, answer.retry_at) == (Verdict.DEFER, beijing(until))

    @settings(deadline=None)
    @given(
        starts=st.lists(
            st.tuples(st.integers(-3, 9), st.integers(0, 4), st.booleans()), max_size=4
        ),
        ahead=st.integers(0, 9),
    )
    def test_days_end_exactly_when_it_says(
        self, starts: list[tuple[int, int, bool]], ahead: int
    ) -> None:
        days = [
            quiet(
                MARCH_11 + timedelta(days=first),
                MARCH_11 + timedelta(days=first + length),
                ("CN-BJ",) if here else ("CN-SC",),
            )
            for first, length, here in starts
        ]
        calendar = make_calendar(quiet=tuple(days))
        at = WORKDAY_MORNING + timedelta(days=ahead)
        answer = ask(RULE, make_facts(at=at, calendar=calendar))

        if answer.retry_at is not None:
            later = make_facts(at=answer.retry_at, calendar=calendar)
            before = make_facts(at=answer.retry_at - timedelta(microseconds=1), calendar=calendar)
            assert ask(RULE, later).verdict is Verdict.ALLOW
            assert ask(RULE, before).verdict is Verdict.DEFER


class TestYearly:
    @pytest.mark.parametrize(
        ("at", "expected"),
        [
            ("2026-06-06 23:59", "allow"),
            ("2026-06-07 00:00", "quiet_day"),
            ("2027-06-10 10:00", "quiet_day"),
            ("2026-06-11 00:00", "allow"),
        ],
    )
    def test_examination_is_left_alone(self, at: str, expected: str) -> None:
        assert reason(RULE, on(at=at)) == expected


class TestUnknown:
    def test_calendar_refuses(self) -> None:
        assert reason(RULE, make_facts(calendar=None)) == "calendar_unknown"

    def test_locality_refuses(self) -> None:
        assert reason(RULE, make_facts(callee__provinces=())) == "locality_unknown"

    def test_purposes_cannot_be_exempted_by_a_pack(self) -> None:
        def exempt(pack: dict[str, Any]) -> None:
            pack["rules"][RULE]["params"][0]["exempt"] = ["P2", "P3"]

        with pytest.raises(PackError):
            other_book(exempt)
