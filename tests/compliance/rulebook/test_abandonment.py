"""Abandoned calls: above the ceiling nothing is dialled; the abandoned are left alone."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.books import book
from compliance.rulebook.bound import PackError
from compliance.rulebook.decision import Verdict
from compliance.rulebook.engine import decide
from compliance.rulebook.facts import AbandonmentFacts
from tests.compliance.rulebook.asking import ask, other_book, reason
from tests.compliance.rulebook.build import make_attempt, make_facts
from tests.compliance.rulebook.instants import WORKDAY_MORNING


def counts(*, day: tuple[int, int] = (0, 0), month: tuple[int, int] = (0, 0)) -> AbandonmentFacts:
    """Return counts: abandoned of answered, in each window."""
    return AbandonmentFacts(
        abandoned_day=day[0],
        answered_day=day[1],
        abandoned_month=month[0],
        answered_month=month[1],
    )


class TestCeiling:
    @pytest.mark.parametrize(
        ("abandonment", "expected"),
        [
            (counts(), "allow"),
            (counts(day=(3, 100), month=(3, 100)), "allow"),
            (counts(day=(3, 99), month=(3, 1000)), "abandoned_day"),
            (counts(day=(0, 50), month=(31, 1000)), "abandoned_month"),
            (counts(day=(0, 50), month=(30, 1000)), "allow"),
            (counts(day=(1, 1), month=(1, 500)), "abandoned_day"),
            (None, "abandonment_unknown"),
        ],
    )
    def test_is_three_percent_in_both_windows(
        self, abandonment: AbandonmentFacts | None, expected: str
    ) -> None:
        assert reason("CN13-DIA-06", make_facts(filing__abandonment=abandonment)) == expected

    @given(answered=st.integers(1, 10_000), share=st.floats(0, 1))
    def test_stops_and_never_only_slows(self, answered: int, share: float) -> None:
        abandoned = int(answered * share)
        figures = counts(month=(abandoned, answered))

        verdict = decide(make_facts(filing__abandonment=figures), book()).verdict

        above = abandoned > answered * 3 / 100
        assert verdict is (Verdict.REFUSE if above else Verdict.ALLOW)

    def test_has_a_floor(self) -> None:
        def change(pack: dict[str, Any]) -> None:
            pack["rules"]["CN13-DIA-06"]["params"][0]["percent"] = 4

        with pytest.raises(PackError, match="looser"):
            other_book(change)


class TestWhoeverWasAbandoned:
    @pytest.mark.parametrize(
        ("hours", "expected"), [(1, "was_abandoned"), (71, "was_abandoned"), (72, "allow")]
    )
    def test_is_left_alone_for_72_hours_by_everybody(self, hours: int, expected: str) -> None:
        attempt = make_attempt(
            at=WORKDAY_MORNING - timedelta(hours=hours),
            same_principal=False,
            answered=True,
            abandoned=True,
        )

        assert reason("CN13-DIA-07", make_facts(attempts=(attempt,))) == expected

    def test_may_be_called_at_a_known_instant(self) -> None:
        early, late = (
            make_attempt(at=WORKDAY_MORNING - timedelta(hours=hours), abandoned=True)
            for hours in (70, 30)
        )

        answer = ask("CN13-DIA-07", make_facts(attempts=(early, late)))

        assert answer.retry_at == WORKDAY_MORNING + timedelta(hours=42)

    def test_is_unknown_without_the_ledger(self) -> None:
        assert reason("CN13-DIA-07", make_facts(attempts=None)) == "ledger_unknown"

    def test_is_nobody_whose_call_was_only_missed(self) -> None:
        assert reason("CN13-DIA-07", make_facts(attempts=(make_attempt(),))) == "allow"
