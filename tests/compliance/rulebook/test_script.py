"""What a campaign's script may not say, and who approved it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.books import book
from compliance.rulebook.bound import PackError
from compliance.rulebook.decision import Verdict
from compliance.rulebook.engine import decide, judge_filing
from tests.compliance.rulebook.asking import other_book, reason
from tests.compliance.rulebook.build import make_facts
from tests.compliance.rulebook.filings import make_filing

FAULTS = {
    "disclosure": ("CN13-SCR-02", "undisclosed"),
    "identity": ("CN13-SCR-03", "impersonates"),
    "free": ("CN13-SCR-04", "says_free"),
    "pressure": ("CN13-SCR-05", "presses"),
    "codes": ("CN13-SCR-07", "asks_codes"),
    "claims": ("CN13-SCR-10", "promises"),
    "future_consent": ("CN13-CON-07", "asks_consent"),
}


class TestApproval:
    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            ({}, "allow"),
            ({"filing__script": None}, "script_unknown"),
            ({"filing__script__faults": None}, "script_unknown"),
            ({"filing__script__intact": False}, "script_changed"),
            ({"filing__script__intact": None}, "script_changed"),
            ({"filing__script__for_principal": False}, "script_elsewhere"),
            ({"filing__script__for_purpose": False}, "script_elsewhere"),
            ({"filing__script__approver": 1}, "same_person"),
        ],
    )
    def test_is_about_this_text_principal_and_purpose(
        self, changes: dict[str, Any], expected: str
    ) -> None:
        assert reason("CN13-SCR-01", make_facts(**changes)) == expected

    def test_needs_two_people_whatever_the_pack_says(self) -> None:
        def loosen(pack: dict[str, Any]) -> None:
            pack["rules"]["CN13-SCR-01"]["params"][0]["two_person"] = False

        with pytest.raises(PackError):
            other_book(loosen)

    def test_needs_two_people_even_without_the_floor(self) -> None:
        def loosen(pack: dict[str, Any]) -> None:
            del pack["rules"]["CN13-SCR-01"]["floor"]
            pack["rules"]["CN13-SCR-01"]["params"][0]["two_person"] = False

        with pytest.raises(PackError, match="second person"):
            other_book(loosen)


class TestFault:
    @pytest.mark.parametrize(("fault", "rule_and_reason"), FAULTS.items())
    def test_ends_the_campaign_by_its_own_rule(
        self, fault: str, rule_and_reason: tuple[str, str]
    ) -> None:
        rule_id, expected = rule_and_reason

        assert reason(rule_id, make_facts()) == "allow"
        assert reason(rule_id, make_facts(filing__script__faults=(fault,))) == expected
        assert reason(rule_id, make_facts(filing__script__faults=None)) == "script_unknown"
        assert reason(rule_id, make_facts(filing__script=None)) == "script_unknown"

    @given(faults=st.sets(st.sampled_from(sorted(FAULTS)), min_size=1))
    def test_is_refused_at_registration_and_before_every_call(self, faults: set[str]) -> None:
        found = tuple(sorted(faults))

        at_registration = judge_filing(make_filing(script__faults=found), book())
        before_call = decide(make_facts(filing__script__faults=found), book())

        for decision in (at_registration, before_call):
            assert decision.verdict is Verdict.REFUSE
            objecting = {finding.rule_id for finding in decision.objections}
            assert objecting == {FAULTS[fault][0] for fault in faults}
