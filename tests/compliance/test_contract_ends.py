"""The last days of contracts that ended and were not followed by another."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from compliance.selectors.contract_ends import last_days

DAY = timedelta(days=1)
days = st.integers(min_value=0, max_value=400).map(lambda n: date(2026, 1, 1) + n * DAY)
periods = st.tuples(days, st.integers(min_value=0, max_value=90)).map(
    lambda period: (period[0], period[0] + period[1] * DAY)
)


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
