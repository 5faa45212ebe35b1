"""Licence, marketing, mandate, filing and line ledger: who may call at all."""

from datetime import date
from typing import Any

import pytest

from compliance.rulebook.decision import Verdict
from tests.compliance.rulebook.asking import ask, other_book, reason
from tests.compliance.rulebook.build import make_facts
from tests.compliance.rulebook.instants import beijing


class TestLicensed:
    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            ({}, "allow"),
            ({"regime": None}, "regime_unknown"),
            ({"regime": "friend_of_mine"}, "regime_unknown"),
            ({"regime": "self_use", "licence": None}, "not_applicable"),
            ({"regime": "carrier_agent", "licence": None}, "licence_missing"),
            ({"licence": None}, "licence_missing"),
            ({"licence__kind": "B21"}, "licence_kind"),
            ({"licence__holder_is_operator": False}, "licence_holder"),
        ],
    )
    def test_asks_for_the_operators_own_call_centre_licence(
        self, changes: dict[str, Any], expected: str
    ) -> None:
        facts = make_facts(**{f"filing__{name}": value for name, value in changes.items()})

        assert reason("CN13-LIC-01", facts) == expected

    @pytest.mark.parametrize(
        ("at", "expected"),
        [
            ("2026-03-09 23:59:59", "licence_period"),
            ("2026-03-10 00:00", "allow"),  # the local day, not the UTC one, counts
            ("2026-03-12 23:59:59.999999", "allow"),
            ("2026-03-13 00:00", "licence_period"),
        ],
    )
    def test_covers_its_first_and_last_local_day(self, at: str, expected: str) -> None:
        facts = make_facts(
            at=beijing(at),
            filing__licence__valid_from=date(2026, 3, 10),
            filing__licence__expires_on=date(2026, 3, 12),
        )

        assert reason("CN13-LIC-01", facts) == expected


class TestMarketing:
    @pytest.mark.parametrize(
        ("regime", "purpose", "offers", "expected"),
        [
            ("b24_operator", "P3", False, "allow"),
            ("b24_operator", "P3", True, "offer_mislabelled"),
            ("b24_operator", "P3", None, "script_missing"),
            ("b24_operator", "P1", False, "marketing_barred"),
            ("b24_operator", "P1", True, "marketing_barred"),
            ("self_use", "P1", True, "marketing_not_cleared"),
            ("carrier_agent", "P1", True, "marketing_not_cleared"),
            ("self_use", "P6", False, "allow"),
            (None, "P3", False, "regime_unknown"),
            ("b24_operator", "P9", False, "purpose_unknown"),
        ],
    )
    def test_is_refused_by_any_name(
        self,
        regime: str | None,
        purpose: str,
        offers: bool | None,  # noqa: FBT001
        expected: str,
    ) -> None:
        facts = make_facts(purpose=purpose, filing__regime=regime, filing__script_offers=offers)

        assert reason("CN13-LIC-02", facts) == expected

    @pytest.mark.parametrize(("offers", "expected"), [(True, "allow"), (None, "script_missing")])
    def test_needs_an_approved_script_where_it_is_cleared(
        self,
        offers: bool | None,  # noqa: FBT001
        expected: str,
    ) -> None:
        def clear(pack: dict[str, Any]) -> None:
            pack["rules"]["CN13-LIC-02"]["params"][0]["cleared_regimes"] = ["self_use"]

        facts = make_facts(purpose="P1", filing__regime="self_use", filing__script_offers=offers)

        assert reason("CN13-LIC-02", facts, book=other_book(clear)) == expected


class TestMandated:
    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            ({}, "allow"),
            ({"regime": None}, "regime_unknown"),
            ({"regime": "self_use", "mandate": None}, "not_applicable"),
            ({"mandate": None}, "mandate_missing"),
            ({"mandate__has_contract": False}, "mandate_contract"),
            ({"mandate__valid_from": date(2026, 3, 12)}, "mandate_period"),
            ({"mandate__valid_from": date(2026, 3, 11)}, "allow"),
            ({"mandate__valid_until": date(2026, 3, 11)}, "allow"),
            ({"mandate__valid_until": date(2026, 3, 10)}, "mandate_period"),
        ],
    )
    def test_asks_for_a_mandate_that_covers_the_day(
        self, changes: dict[str, Any], expected: str
    ) -> None:
        facts = make_facts(**{f"filing__{name}": value for name, value in changes.items()})

        assert reason("CN13-LIC-05", facts) == expected


class TestCampaignFiling:
    def test_names_the_elements_that_are_missing(self) -> None:
        facts = make_facts(filing__missing_elements=("content", "contact"))

        answer = ask("CN13-LIC-04", facts)

        assert answer.verdict is Verdict.REFUSE
        assert answer.values == (("elements", "contact,content"),)

    @pytest.mark.parametrize(
        ("author", "approver", "expected"),
        [
            (1, 2, "allow"),
            (1, None, "allow"),  # a draft, waiting for its second person
            (1, 1, "same_person"),
            (None, 2, "author_unknown"),
            (None, None, "author_unknown"),
        ],
    )
    def test_has_an_author_who_approves_nothing_of_their_own(
        self, author: int | None, approver: int | None, expected: str
    ) -> None:
        facts = make_facts(filing__author=author, filing__approver=approver)

        assert reason("CN13-LIC-04", facts) == expected

    @pytest.mark.parametrize(
        ("state", "approver", "expected"),
        [
            ("active", 2, "allow"),
            ("active", 1, "same_person"),
            ("active", None, "not_approved"),
            ("draft", 2, "not_active"),
            ("paused", 2, "not_active"),
            ("closed", 2, "not_active"),
        ],
    )
    def test_runs_only_after_a_second_person_activated_it(
        self, state: str, approver: int | None, expected: str
    ) -> None:
        facts = make_facts(filing__state=state, filing__approver=approver)

        assert reason("CN13-LIC-04.activation", facts) == expected


class TestLineLedger:
    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            ({}, "allow"),
            ({"trunk": None}, "trunk_unknown"),
            ({"trunk__missing": ("carrier",)}, "ledger_incomplete"),
            ({"trunk__active": False}, "trunk_inactive"),
            ({"trunk__entity_is_operator": False}, "trunk_entity"),
            ({"trunk__sub_leased": True}, "trunk_sub_leased"),
            ({"trunk__sub_leased": None}, "trunk_sub_leased"),
            ({"trunk__permitted_purposes": ("P4",)}, "trunk_purpose"),
            ({"trunk__reviewed_on": date(2025, 9, 12)}, "allow"),  # 180 days ago
            ({"trunk__reviewed_on": date(2025, 9, 11)}, "trunk_review"),
            ({"trunk__reviewed_on": date(2026, 3, 12)}, "trunk_review"),  # tomorrow
        ],
    )
    def test_asks_for_a_complete_fresh_row_of_the_operators_own(
        self, changes: dict[str, Any], expected: str
    ) -> None:
        facts = make_facts(**{f"filing__{name}": value for name, value in changes.items()})

        assert reason("CN13-LIC-07", facts) == expected
