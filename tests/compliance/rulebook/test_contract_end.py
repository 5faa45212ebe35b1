"""CN13-SEC-05: when a contract ends, what came with it goes."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.selectors.contract_ends import last_days
from tests.compliance.rulebook.asking import reason
from tests.compliance.rulebook.build import make_facts
from tests.compliance.rulebook.instants import WORKDAY_MORNING, local_date

TODAY = local_date(WORKDAY_MORNING)
DAY = timedelta(days=1)
RULE = "CN13-SEC-05"
days = st.integers(min_value=0, max_value=400).map(lambda n: date(2026, 1, 1) + n * DAY)
periods = st.tuples(days, st.integers(min_value=0, max_value=90)).map(
    lambda period: (period[0], period[0] + period[1] * DAY)
)


class TestDataReturned:
    @pytest.mark.parametrize(
        ("ended_ago", "expected"),
        [((), "allow"), ((-200,), "allow"), ((0,), "allow"), ((29,), "allow"), ((30,), "allow"),
         ((31,), "data_kept"), ((-5, 31), "data_kept"), ((400, 2), "data_kept")],
    )  # fmt: skip
    def test_is_due_after_thirty_days(self, ended_ago: tuple[int, ...], expected: str) -> None:
        ended = tuple(TODAY - ago * DAY for ago in ended_ago)

        assert reason(RULE, make_facts(filing__contracts_ended=ended)) == expected

    def test_refuses_what_nobody_can_tell(self) -> None:
        facts = make_facts(filing__contracts_ended=None)

        assert reason(RULE, facts) == "contracts_unknown"

    @given(ended=st.lists(days), more=days)
    def test_is_never_helped_by_another_contract_that_ended(
        self, ended: list[date], more: date
    ) -> None:
        before = reason(RULE, make_facts(filing__contracts_ended=tuple(ended)))
        after = reason(RULE, make_facts(filing__contracts_ended=(*ended, more)))

        assert before == "allow" or after == "data_kept"


class TestLastDays:
    def test_joins_contracts_without_a_free_day_between(self) -> None:
        one = (date(2026, 1, 1), date(2026, 1, 31))
        next_one = (date(2026, 2, 1), date(2026, 2, 28))
        inside = (date(2026, 1, 5), date(2026, 1, 9))

        assert last_days([next_one, one, inside]) == [date(2026, 2, 28)]

    def test_keeps_the_end_before_a_free_day(self) -> None:
        one = (date(2026, 1, 1), date(2026, 1, 30))
        later = (date(2026, 2, 1), date(2026, 2, 28))

        assert last_days([later, one]) == [date(2026, 1, 30), date(2026, 2, 28)]

    @given(st.lists(periods))
    def test_names_exactly_the_days_after_which_nothing_runs(
        self, contracts: list[tuple[date, date]]
    ) -> None:
        def runs(day: date) -> bool:
            return any(first <= day <= last for first, last in contracts)

        expected = sorted({last for _, last in contracts if not runs(last + DAY)})

        assert last_days(contracts) == expected
