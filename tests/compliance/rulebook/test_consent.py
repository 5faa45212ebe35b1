"""Consent and whitelist: one good consent, and nothing less."""

from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from compliance.books import book
from compliance.rulebook.decision import Verdict
from compliance.rulebook.engine import decide
from tests.compliance.rulebook.asking import other_book, reason
from tests.compliance.rulebook.build import make_consent, make_facts
from tests.compliance.rulebook.instants import WORKDAY_MORNING

CON = ["CN13-CON-01", "CN13-CON-02", "CN13-CON-03", "CN13-CON-04", "CN13-CON-06"]


def reasons(*consents: Any, **changes: Any) -> list[str]:
    facts = make_facts(consents=consents, **changes)
    return [reason(rule, facts) for rule in CON]


class TestConsented:
    @pytest.mark.parametrize(
        ("purpose", "basis", "expected"),
        [
            ("P1", "consent", "allow"),
            ("P1", "contract", "consent_missing"),
            ("P2", "consent", "allow"),
            ("P3", "consent", "allow"),
            ("P3", "legal_duty", "consent_missing"),
            ("P4", "contract", "allow"),
            ("P4", "legal_duty", "allow"),
            ("P4", "consent", "consent_missing"),
            ("P5", "debt_contract", "allow"),
            ("P5", "contract", "consent_missing"),
            ("P6", "consent", "allow"),
            ("P7", "legal_duty", "allow"),
            ("P7", "consent", "consent_missing"),
            ("P9", "consent", "purpose_unknown"),
        ],
    )
    def test_asks_for_the_ground_that_the_purpose_needs(
        self, purpose: str, basis: str, expected: str
    ) -> None:
        facts = make_facts(purpose=purpose, consents=(make_consent(purpose=purpose, basis=basis),))

        assert reason("CN13-CON-01", facts) == expected

    @pytest.mark.parametrize(
        "change",
        [
            {"purpose": "P6"},
            {"channel": "sms"},
            {"withdrawn_at": WORKDAY_MORNING - timedelta(days=1)},
            {"withdrawn_at": WORKDAY_MORNING + timedelta(days=1)},
            {"given_at": WORKDAY_MORNING + timedelta(microseconds=1)},
        ],
    )
    def test_counts_no_consent_for_something_else(self, change: dict[str, Any]) -> None:
        assert reasons(make_consent(**change))[0] == "consent_missing"

    def test_counts_a_consent_from_the_instant_that_it_was_given(self) -> None:
        assert reasons(make_consent(given_at=WORKDAY_MORNING))[0] == "allow"


class TestEachStep:
    def test_refuses_for_want_of_any_consent(self) -> None:
        assert reasons() == [
            "consent_missing",
            "not_whitelisted",
            "not_applicable",
            "not_applicable",
            "not_applicable",
        ]

    @pytest.mark.parametrize(
        ("change", "refusing"),
        [
            ({"on_whitelist": False}, 1),
            ({"evidenced": False}, 2),
            ({"explicit": False}, 3),
            ({"given_at": WORKDAY_MORNING - timedelta(days=181)}, 4),
        ],
    )
    def test_refuses_at_the_first_step_that_the_consent_fails(
        self, change: dict[str, Any], refusing: int
    ) -> None:
        found = reasons(make_consent(**change))

        assert found[:refusing] == ["allow"] * refusing
        assert found[refusing] not in ("allow", "not_applicable")
        assert found[refusing + 1 :] == ["not_applicable"] * (4 - refusing)

    def test_takes_one_good_consent_among_bad_ones(self) -> None:
        bad = make_consent(explicit=False, evidenced=False)

        assert reasons(bad, make_consent(), bad) == ["allow"] * 5

    def test_never_adds_two_half_good_consents_up(self) -> None:
        flags = ("on_whitelist", "evidenced", "explicit")
        old = WORKDAY_MORNING - timedelta(days=181)
        halves = [
            make_consent(**dict(zip(flags, values, strict=True)), given_at=given_at)
            for *values, given_at in product(
                [True, False], [True, False], [True, False], [WORKDAY_MORNING, old]
            )
            if not (all(values) and given_at == WORKDAY_MORNING)
        ]

        decision = decide(make_facts(consents=tuple(halves)), book())

        assert decision.verdict is Verdict.REFUSE

    def test_refuses_everywhere_when_the_consents_are_unknown(self) -> None:
        facts = make_facts(consents=None)

        assert [reason(rule, facts) for rule in CON] == ["consents_unknown"] * 5

    def test_asks_no_clear_yes_of_a_contract(self) -> None:
        contract = make_consent(purpose="P4", explicit=False)

        assert reasons(contract, purpose="P4")[3] == "allow"


class TestWhitelisted:
    def test_refuses_a_campaign_without_a_whitelist(self) -> None:
        facts = make_facts(whitelist_version=None)

        assert reason("CN13-CON-02", facts) == "whitelist_missing"


class TestRecent:
    @pytest.mark.parametrize(
        ("purpose", "age", "expected"),
        [
            ("P1", timedelta(days=180), "allow"),
            ("P1", timedelta(days=180, microseconds=1), "consent_expired"),
            ("P2", timedelta(hours=24), "allow"),
            ("P2", timedelta(hours=24, microseconds=1), "consent_expired"),
            ("P3", timedelta(days=180), "allow"),
            ("P3", timedelta(days=180, microseconds=1), "consent_expired"),
            ("P6", timedelta(days=180, microseconds=1), "consent_expired"),
            ("P4", timedelta(days=4000), "allow"),  # a contract lasts until it ends
        ],
    )
    def test_ends_with_the_age_that_the_purpose_allows(
        self, purpose: str, age: timedelta, expected: str
    ) -> None:
        consent = make_consent(purpose=purpose, given_at=WORKDAY_MORNING - age)

        assert reason("CN13-CON-06", make_facts(purpose=purpose, consents=(consent,))) == expected

    @pytest.mark.parametrize(
        ("expires_at", "expected"),
        [
            (WORKDAY_MORNING + timedelta(microseconds=1), "allow"),
            (WORKDAY_MORNING, "consent_expired"),
        ],
    )
    def test_ends_at_the_instant_that_the_person_set(self, expires_at: Any, expected: str) -> None:
        assert reasons(make_consent(expires_at=expires_at))[4] == expected

    def test_may_be_limited_for_every_purpose(self) -> None:
        def all_of_them(pack: dict[str, Any]) -> None:
            days = pack["rules"]["CN13-CON-06"]["params"][0]["max_days"]
            days.update({"P4": 30, "P5": 30, "P7": 30})

        contract = make_consent(purpose="P4", given_at=WORKDAY_MORNING - timedelta(days=31))
        facts = make_facts(purpose="P4", consents=(contract,))

        assert reason("CN13-CON-06", facts, book=other_book(all_of_them)) == "consent_expired"

    def test_takes_the_newer_of_two_consents(self) -> None:
        old = make_consent(given_at=WORKDAY_MORNING - timedelta(days=500))

        assert reasons(old, make_consent())[4] == "allow"
