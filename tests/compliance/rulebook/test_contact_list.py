"""The lists behind a campaign, and the people whom no list may hold.

One purpose for a list is half of CN13-LST-06; the consent's purpose is the other half.
"""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.books import book
from compliance.rulebook.bound import PackError
from compliance.rulebook.decision import Verdict
from compliance.rulebook.engine import decide
from compliance.rulebook.facts import PURPOSES
from tests.compliance.rulebook.asking import ask, other_book, reason
from tests.compliance.rulebook.build import make_facts
from tests.compliance.rulebook.filings import make_list_facts
from tests.compliance.rulebook.instants import WORKDAY_MORNING, local_date

TODAY = local_date(WORKDAY_MORNING)


def facts_with(*lists: Any) -> Any:
    return make_facts(filing__lists=lists)


class TestStopped:
    @pytest.mark.parametrize(
        ("state", "expected"),
        [
            ("open", "allow"),
            ("retired", "allow"),
            ("held", "list_stopped"),
            ("frozen", "list_stopped"),
            ("", "list_stopped"),
        ],
    )
    def test_lists_end_the_campaigns_calls(self, state: str, expected: str) -> None:
        facts = facts_with(make_list_facts(), make_list_facts(id=4, state=state, cause="LST-10"))

        assert reason("CN13-LST-02", facts) == expected

    def test_lists_are_named_with_their_cause(self) -> None:
        answer = ask("CN13-LST-02", facts_with(make_list_facts(state="held", cause="CON-11")))

        assert dict(answer.values) == {"list": 3, "list_state": "held", "cause": "CON-11"}

    @pytest.mark.parametrize("rule_id", ["CN13-LST-02", "CN13-LST-05", "CN13-LST-11"])
    def test_lists_that_cannot_be_read_count_as_stopped(self, rule_id: str) -> None:
        assert reason(rule_id, make_facts(filing__lists=None)) == "lists_unknown"
        assert reason(rule_id, make_facts(filing__lists=())) == "not_applicable"

    def test_states_cannot_be_made_callable(self) -> None:
        def loosen(pack: dict[str, Any]) -> None:
            pack["rules"]["CN13-LST-02"]["params"][0]["callable_states"] = ["open", "held"]

        with pytest.raises(PackError):
            other_book(loosen)


class TestSharedPool:
    @pytest.mark.parametrize("name", ["same_principal", "same_purpose"])
    @pytest.mark.parametrize(
        ("value", "expected"),
        [(True, "allow"), (False, "list_elsewhere"), (None, "list_elsewhere")],
    )
    def test_is_refused(self, name: str, value: Any, expected: str) -> None:
        facts = facts_with(make_list_facts(**{name: value}))

        assert reason("CN13-LST-05", facts) == expected

    @pytest.mark.parametrize("with_floor", [True, False])
    def test_cannot_be_opened_to_agents(self, *, with_floor: bool) -> None:
        def loosen(pack: dict[str, Any]) -> None:
            row = pack["rules"]["CN13-LST-05"]
            row["params"][0]["self_draw"] = True
            if not with_floor:
                del row["floor"]

        with pytest.raises(PackError):
            other_book(loosen)


class TestAge:
    @pytest.mark.parametrize(
        ("days", "expected"), [(0, "allow"), (179, "allow"), (180, "allow"), (181, "list_old")]
    )
    def test_ends_after_180_days(self, days: int, expected: str) -> None:
        facts = facts_with(make_list_facts(collected_on=TODAY - timedelta(days=days)))

        assert reason("CN13-LST-11", facts) == expected

    def test_says_nothing_of_a_retired_list(self) -> None:
        old = make_list_facts(state="retired", collected_on=TODAY - timedelta(days=999))

        assert reason("CN13-LST-11", facts_with(old)) == "allow"

    @given(days=st.integers(0, 400), more=st.integers(0, 400))
    def test_never_gets_younger(self, days: int, more: int) -> None:
        younger, older = (
            decide(
                facts_with(make_list_facts(collected_on=TODAY - timedelta(days=age))), book()
            ).verdict
            for age in (days, days + more)
        )

        assert younger is Verdict.ALLOW or older is Verdict.REFUSE


class TestCanary:
    @pytest.mark.parametrize(
        ("canary", "expected"), [(False, "allow"), (True, "canary"), (None, "canary_unknown")]
    )
    def test_is_never_called(self, *, canary: bool | None, expected: str) -> None:
        assert reason("CN13-LST-10", make_facts(callee__canary=canary)) == expected


class TestMinor:
    @pytest.mark.parametrize("purpose", PURPOSES)
    @pytest.mark.parametrize("group", ["", "under_18", "under_14", "unheard_of"])
    def test_is_called_for_nothing_or_not_for_marketing(self, purpose: str, group: str) -> None:
        barred = group in ("under_14", "unheard_of") or (group == "under_18" and purpose == "P1")

        answer = reason("CN13-LST-12", make_facts(purpose=purpose, callee__age_group=group))

        assert answer == ("minor" if barred else "allow")

    @pytest.mark.parametrize("group", ["under_14", "under_18"])
    def test_stays_protected_whatever_a_pack_says(self, group: str) -> None:
        def loosen(pack: dict[str, Any]) -> None:
            pack["rules"]["CN13-LST-12"]["params"][0][group] = []

        with pytest.raises(PackError):
            other_book(loosen)
