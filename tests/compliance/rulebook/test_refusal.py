"""Refusals: they hold for ever, unless the person and two others lift them."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.rulebook.facts import RefusalFacts
from tests.compliance.rulebook.asking import ask, reason
from tests.compliance.rulebook.build import make_consent, make_facts, make_lift, make_refusal
from tests.compliance.rulebook.instants import WORKDAY_MORNING

REF = ["CN13-REF-01", "CN13-REF-02", "CN13-REF-03", "CN13-REF-09", "CN13-REF-11"]


def objecting(*refusals: RefusalFacts) -> list[str]:
    facts = make_facts(refusals=refusals)
    return [rule for rule in REF if reason(rule, facts) != "allow"]


class TestRefusal:
    @pytest.mark.parametrize(
        ("change", "expected"),
        [
            ({}, ["CN13-REF-01"]),
            ({"same_principal": False, "everywhere": True}, ["CN13-REF-09"]),
            ({"same_principal": False, "same_industry": True}, ["CN13-REF-02"]),
            ({"same_industry": True}, ["CN13-REF-01", "CN13-REF-02"]),
            ({"same_principal": False}, []),  # it was said to somebody else about something else
            ({"purpose": "P3"}, ["CN13-REF-01"]),
            ({"purpose": "P1"}, []),
            ({"purpose": "P1", "everywhere": True}, []),
        ],
    )
    def test_covers_the_principal_the_kind_of_business_or_everybody(
        self, change: dict[str, Any], expected: list[str]
    ) -> None:
        assert objecting(make_refusal(**change)) == expected

    @pytest.mark.parametrize("years", [0, 1, 30])
    def test_does_not_lapse(self, years: int) -> None:
        refusal = make_refusal(at=WORKDAY_MORNING - timedelta(days=366 * years))

        assert objecting(refusal) == ["CN13-REF-01"]

    def test_is_found_behind_others_that_do_not_matter(self) -> None:
        elsewhere = make_refusal(same_principal=False)

        assert objecting(elsewhere, make_refusal()) == ["CN13-REF-01"]

    def test_shows_the_local_day_and_the_source(self) -> None:
        late = make_refusal(at=WORKDAY_MORNING.replace(hour=17), source="web")

        answer = ask("CN13-REF-01", make_facts(refusals=(late,)))

        assert answer.values == (("on", "2026-03-12"), ("source", "web"))

    @pytest.mark.parametrize("rule", REF)
    def test_is_presumed_when_the_registry_cannot_be_read(self, rule: str) -> None:
        assert reason(rule, make_facts(refusals=None)) == "refusals_unknown"


class TestLift:
    @pytest.mark.parametrize(
        ("change", "expected"),
        [
            ({}, []),
            ({"outside_a_call": False}, ["CN13-REF-03"]),
            ({"consent_given_at": WORKDAY_MORNING - timedelta(days=400)}, ["CN13-REF-03"]),
            ({"consent_given_at": WORKDAY_MORNING - timedelta(days=401)}, ["CN13-REF-03"]),
            ({"approvers": (2,)}, ["CN13-REF-11"]),
            ({"approvers": (2, 2)}, ["CN13-REF-11"]),
            ({"approvers": ()}, ["CN13-REF-11"]),
            ({"approvers": (2, 3, 4)}, []),
        ],
    )
    def test_needs_the_persons_later_consent_outside_a_call_and_two_people(
        self, change: dict[str, Any], expected: list[str]
    ) -> None:
        assert objecting(make_refusal(lift=make_lift(**change))) == expected

    def test_of_one_refusal_leaves_another_standing(self) -> None:
        lifted = make_refusal(lift=make_lift())

        assert objecting(lifted, make_refusal()) == ["CN13-REF-01"]

    def test_by_one_alone_is_found_behind_a_refusal_that_stands(self) -> None:
        alone = make_refusal(id=6, lift=make_lift(approvers=(2,)))

        assert (
            reason("CN13-REF-11", make_facts(refusals=(make_refusal(), alone))) == "lifted_alone"
        )

    def test_of_a_refusal_that_does_not_cover_the_call_is_not_looked_at(self) -> None:
        alone = make_lift(approvers=(), outside_a_call=False)

        assert objecting(make_refusal(same_principal=False, lift=alone)) == []

    def test_is_looked_at_for_refusals_of_the_kind_of_business_too(self) -> None:
        refusal = make_refusal(
            same_principal=False, same_industry=True, lift=make_lift(approvers=(2,))
        )

        assert objecting(refusal, make_refusal(same_principal=False)) == ["CN13-REF-11"]


class TestConsentFromBeforeALiftedRefusal:
    NO = WORKDAY_MORNING - timedelta(days=3)
    MOMENT = timedelta(microseconds=1)

    def carried(self, *, given_at: datetime, called_for: str = "P3", **refused: Any) -> str:
        lifted = make_refusal(at=self.NO, lift=make_lift(consent_given_at=WORKDAY_MORNING))
        facts = make_facts(
            purpose=called_for,
            consents=(make_consent(purpose=called_for, given_at=given_at),),
            refusals=(replace(lifted, **refused),),
        )
        return reason("CN13-CON-01", facts)

    @pytest.mark.parametrize(
        ("given_at", "expected"),
        [
            (NO - MOMENT, "consent_missing"),
            (NO, "consent_missing"),
            (NO + MOMENT, "allow"),
        ],
    )
    def test_carries_no_call_any_more(self, given_at: datetime, expected: str) -> None:
        assert self.carried(given_at=given_at) == expected

    @pytest.mark.parametrize(
        ("change", "expected"),
        [
            ({"purpose": "P3"}, "consent_missing"),
            ({"same_principal": False, "everywhere": True}, "consent_missing"),
            ({"same_principal": False, "same_industry": True}, "consent_missing"),
            ({"purpose": "P1"}, "allow"),
            ({"same_principal": False}, "allow"),
            ({"lift": None}, "allow"),  # the rules about refusals say so instead
        ],
    )
    def test_is_one_that_the_refusal_was_about(
        self, change: dict[str, Any], expected: str
    ) -> None:
        assert self.carried(given_at=self.NO - self.MOMENT, **change) == expected

    def test_is_no_contract_or_duty_of_the_law(self) -> None:
        assert self.carried(given_at=self.NO - self.MOMENT, called_for="P4") == "allow"

    @given(days=st.lists(st.integers(-5, 5), min_size=1, max_size=4), later=st.integers(-6, 6))
    def test_is_measured_by_the_last_refusal(self, days: list[int], later: int) -> None:
        def day(number: int) -> datetime:
            return WORKDAY_MORNING - timedelta(days=20 - number)

        refusals = tuple(make_refusal(at=day(one), lift=make_lift()) for one in days)
        consent = make_consent(given_at=day(later))

        answer = reason("CN13-CON-01", make_facts(consents=(consent,), refusals=refusals))

        assert answer == ("allow" if later > max(days) else "consent_missing")
