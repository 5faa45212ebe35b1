"""CN13-SEC-05: when a contract ends, what came with it goes."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.compliance.rulebook.asking import reason
from tests.compliance.rulebook.build import make_facts
from tests.compliance.rulebook.instants import WORKDAY_MORNING, local_date

TODAY = local_date(WORKDAY_MORNING)
DAY = timedelta(days=1)
RULE = "CN13-SEC-05"
days = st.integers(min_value=0, max_value=400).map(lambda n: date(2026, 1, 1) + n * DAY)


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
