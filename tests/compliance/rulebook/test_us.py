"""A second rulebook under the same engine, and the wall between it and the Chinese one."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.books import book, explain, read_pack
from compliance.rulebook.decision import Finding, Verdict
from compliance.rulebook.engine import decide, decide_once, judge_filing
from tests.compliance.rulebook.american import NOON, american, us
from tests.compliance.rulebook.asking import reason
from tests.compliance.rulebook.build import (
    make_attempt,
    make_consent,
    make_facts,
    make_lift,
    make_refusal,
)
from tests.compliance.rulebook.filings import make_external_list
from tests.compliance.rulebook.strategies import call_facts
from tests.compliance.rulebook.test_books import CHINESE

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MOMENT = timedelta(microseconds=1)
VOICE = {"basis": "consent", "purpose": "P1", "ai_allowed": True, "given_at": NOON - DAY}


def calls(
    count: int, *, purpose: str = "P1", gap: timedelta = HOUR, **said: Any
) -> tuple[Any, ...]:
    return tuple(
        make_attempt(at=NOON - gap * n, purpose=purpose, **said) for n in range(1, count + 1)
    )


class TestAmericanCall:
    def test_is_allowed_without_a_consent_and_on_a_sunday(self) -> None:
        assert decide(american(), us()).verdict is Verdict.ALLOW
        assert decide(american(at=NOON + 4 * DAY), us()).verdict is Verdict.ALLOW

    def test_waits_for_the_morning_there(self) -> None:
        facts = american(at=NOON - 6 * HOUR, callee__provinces=("US-CA",))  # 04:00

        decision = decide(facts, us())

        assert decision.verdict is Verdict.DEFER
        assert decision.retry_at == NOON - 2 * HOUR
        assert decide(american(at=decision.retry_at), us()).verdict is Verdict.ALLOW

    CASES: dict[str, tuple[str, dict[str, Any], str]] = {
        "said no to the seller": (
            "US-REF-01", {"refusals": (make_refusal(),)}, "refused_principal"),
        "said no to everybody": (
            "US-REF-02", {"refusals": (make_refusal(everywhere=True),)}, "refused_everybody"),
        "whose refusals nobody can read": ("US-REF-01", {"refusals": None}, "refusals_unknown"),
        "whose no one person lifted": (
            "US-REF-04",
            {"refusals": (make_refusal(lift=make_lift(approvers=(2,))),)},
            "lifted_alone",
        ),
        "on the national registry": (
            "US-REF-05", {"callee__external_lists": ("national",)}, "listed"),
        "with no registry asked": (
            "US-REF-05", {"filing__external_lists": ()}, "list_required"),
        "after the fourth day's call": ("US-FRQ-01", {"attempts": calls(3)}, "called_often"),
        "with a debt, after seven calls": (
            "US-FRQ-01",
            {"purpose": "P5", "attempts": calls(7, purpose="P5", gap=20 * HOUR)},
            "called_often",
        ),
        "with a debt, after a talk": (
            "US-FRQ-02",
            {
                "purpose": "P5",
                "attempts": calls(1, purpose="P5", answered=True, conversation=True),
            },
            "talked",
        ),
        "of a campaign that abandons": (
            "US-DIA-01",
            {
                "filing__abandonment__answered_month": 100,
                "filing__abandonment__abandoned_month": 4,
            },
            "abandoned_month",
        ),
        "of a campaign whose share is unknown": (
            "US-DIA-01", {"filing__abandonment": None}, "abandonment_unknown"),
        "under the kill switch": ("US-GOV-04", {"health__stopped": ("platform",)}, "stopped"),
        "in Guam": ("US-TIM-02", {"callee__provinces": ("US-GU",)}, "zone_unknown"),
    }  # fmt: skip

    @pytest.mark.parametrize("name", CASES)
    def test_is_not_made_to_somebody(self, name: str) -> None:
        rule, changes, expected = self.CASES[name]
        facts = american(**changes)

        assert reason(rule, facts, book=us()) == expected
        assert decide(facts, us()).verdict is not Verdict.ALLOW

    @pytest.mark.parametrize(
        ("answered", "abandoned", "expected"),
        [
            (100, 3, "allow"),
            (100, 4, "abandoned_month"),
            (99, 3, "abandoned_month"),
            (0, 0, "allow"),
        ],
    )
    def test_counts_three_percent_of_thirty_days(
        self, answered: int, abandoned: int, expected: str
    ) -> None:
        facts = american(
            filing__abandonment__answered_month=answered,
            filing__abandonment__abandoned_month=abandoned,
            filing__abandonment__answered_day=1,
            filing__abandonment__abandoned_day=1,  # one bad day is not what the rule counts
        )

        assert reason("US-DIA-01", facts, book=us()) == expected

    @pytest.mark.parametrize(("age", "expected"), [(31, "allow"), (32, "list_stale")])
    def test_needs_the_registry_of_the_last_31_days(self, age: int, expected: str) -> None:
        lists = (make_external_list(code="national", as_of=NOON - age * DAY),)

        assert reason("US-REF-05", american(filing__external_lists=lists), book=us()) == expected

    @pytest.mark.parametrize(
        ("state", "hour", "expected"),
        [
            ("FL", "20:00", "outside_there"),
            ("FL", "19:59", "allow"),
            ("OK", "20:59", "outside_there"),
            ("*", "20:30", "outside_there"),
            ("NY", "20:30", "not_applicable"),
        ],
    )
    def test_ends_at_eight_in_two_states(self, state: str, hour: str, expected: str) -> None:
        shift = {"FL": 4, "OK": 5, "*": 4, "NY": 4}[state]  # hours behind UTC in summer
        hours, minutes = map(int, hour.split(":"))
        at = NOON.replace(hour=0, minute=0) + timedelta(hours=hours + shift, minutes=minutes)
        rule = "US-TIM-01.oklahoma" if state == "OK" else "US-TIM-01.florida"

        facts = american(at=at, callee__provinces=(f"US-{state}",))

        assert reason(rule, facts, book=us()) == expected


class TestArtificialVoice:
    RULE = "US-CON-01"

    def said(self, *consents: Any, **changes: Any) -> str:
        facts = american(filing__robot=True, consents=consents, **changes)
        return reason(self.RULE, facts, book=us())

    def test_needs_consent_where_an_agent_needs_none(self) -> None:
        assert reason(self.RULE, american(), book=us()) == "not_applicable"
        assert self.said() == "not_in_writing"
        assert self.said(make_consent(**VOICE)) == "allow"
        unknown = american(filing__robot=True, consents=None)
        assert reason(self.RULE, unknown, book=us()) == "consents_unknown"

    def test_of_an_emergency_needs_none(self) -> None:
        assert self.said(purpose="P7") == "not_applicable"

    @pytest.mark.parametrize(
        "flaw",
        [
            {"ai_allowed": False},
            {"evidenced": False},
            {"basis": "contract"},
            {"purpose": "P4"},
            {"withdrawn_at": NOON - HOUR},
            {"given_at": NOON + HOUR},
            {"expires_at": NOON},
        ],
    )
    def test_takes_no_flawed_consent(self, flaw: dict[str, Any]) -> None:
        assert self.said(make_consent(**VOICE | flaw)) == "not_in_writing"
        assert self.said(make_consent(**VOICE | flaw), make_consent(**VOICE)) == "allow"

    def test_takes_no_consent_of_the_numbers_last_owner(self) -> None:
        consent = make_consent(**VOICE)

        assert self.said(consent, callee__vacant_at=NOON - HOUR) == "not_in_writing"
        assert self.said(consent, callee__vacant_at=consent.given_at) == "not_in_writing"
        assert self.said(consent, callee__vacant_at=consent.given_at - MOMENT) == "allow"

    def test_takes_one_of_this_instant_and_none_of_a_later_one(self) -> None:
        assert self.said(make_consent(**VOICE | {"given_at": NOON})) == "allow"
        assert self.said(make_consent(**VOICE | {"given_at": NOON + MOMENT})) == "not_in_writing"

    def test_lets_no_two_halves_make_a_consent(self) -> None:
        halves = [make_consent(**VOICE | {"evidenced": False}),
                  make_consent(**VOICE | {"ai_allowed": False})]  # fmt: skip

        assert self.said(*halves) == "not_in_writing"

    def test_keeps_one_until_it_ends(self) -> None:
        assert self.said(make_consent(**VOICE | {"expires_at": NOON + HOUR})) == "allow"


class TestPack:
    def test_cites_and_says_everything_in_both_languages(self) -> None:
        used = {c.id for rule in us().rules() for c in rule.cites}
        used |= {c.id for rule in us().rules() for cites in rule.sources.values() for c in cites}

        assert used == us().citations.keys()
        for rule in us().rules():
            assert rule.id.startswith("US-")
            assert CHINESE.search(rule.title_zh)
            assert not CHINESE.search(rule.title_en)
            for why in rule.rule.reasons.values():
                assert CHINESE.search(why.zh)
                assert not CHINESE.search(why.en)
        for citation in us().citations.values():
            assert CHINESE.search(citation.title)
            assert not CHINESE.search(citation.title_en)

    def test_shares_no_rule_and_no_number_with_the_chinese_one(self) -> None:
        mine, others = read_pack("us"), read_pack("cn13")

        assert not mine["rules"].keys() & others["rules"].keys()
        assert mine["utc_offset_hours"] != others["utc_offset_hours"]
        assert us().digest != book("cn13").digest

    def test_is_the_one_that_its_decisions_name(self) -> None:
        assert decide(american(), us()).book_digest == us().digest
        assert decide(make_facts(), book("cn13")).book_digest == book("cn13").digest

    def test_explains_its_findings(self) -> None:
        facts = american(refusals=(make_refusal(),))
        found = next(f for f in decide(facts, us()).findings if f.rule_id == "US-REF-01")

        said = explain(finding=found, book=us(), language="en")

        assert said.sentence.startswith("The person refused this principal's calls on 2025-02-")
        bare = Finding(rule_id="US-REF-01", answer=found.answer)
        elsewhere = explain(finding=bare, book=book("cn13"), language="en")
        assert elsewhere.sentence == "refused_principal"

    @given(facts=call_facts())
    def test_lets_no_call_of_a_chinese_operator_through(self, facts: Any) -> None:
        assert decide_once(facts, us()).verdict is Verdict.REFUSE
        assert judge_filing(facts.filing, us()).verdict is Verdict.REFUSE
        assert reason("US-GOV-01", facts, book=us()) in ("regime_elsewhere", "regime_unknown")

    @given(
        regime=st.one_of(st.none(), st.sampled_from(["us_seller", "us_telemarketer"]), st.text()),
        place=st.sampled_from(["US-NY", "US-*", "CN-BJ"]),
    )
    def test_is_no_way_for_the_chinese_book_to_let_an_american_operator_call(
        self, regime: str | None, place: str
    ) -> None:
        if regime in ("b24_operator", "self_use", "carrier_agent"):
            return
        facts = make_facts(filing__regime=regime, callee__provinces=(place,))

        assert decide_once(facts, book("cn13")).verdict is Verdict.REFUSE
        assert judge_filing(facts.filing, book("cn13")).verdict is Verdict.REFUSE

    def test_refuses_an_operator_whose_regime_nobody_knows(self) -> None:
        assert reason("US-GOV-01", american(filing__regime=None), book=us()) == "regime_unknown"

    @pytest.mark.parametrize("fewer", ["refusals", "attempts", "consents"])
    def test_never_allows_what_is_not_known(self, fewer: str) -> None:
        known = american(**{fewer: None, "filing__robot": True})

        assert decide_once(known, us()).verdict is not Verdict.ALLOW
