"""Papers, filed numbers, outlets, staff and the deployment: what each has to be."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.rulebook.decision import Verdict
from tests.compliance.rulebook.asking import ask, reason
from tests.compliance.rulebook.build import make_facts
from tests.compliance.rulebook.filings import documents
from tests.compliance.rulebook.instants import WORKDAY_MORNING, local_date

TODAY = local_date(WORKDAY_MORNING)
DAY = timedelta(days=1)


def check(rule_id: str, changes: dict[str, Any], expected: str) -> None:
    assert reason(rule_id, make_facts(**changes)) == expected


class TestPapers:
    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            ({}, "allow"),
            ({"filing__documents": ()}, "document_missing"),
            ({"filing__industry": "retail", "filing__documents": ()}, "not_applicable"),
            ({"filing__industry": "gambling"}, "industry_unknown"),
            (
                {"filing__documents": documents("dedicated_number", "project_filing")},
                "document_missing",
            ),
            (
                {
                    "filing__documents": documents(
                        "insurance_agency", "dedicated_number", "project_filing"
                    )
                },
                "allow",
            ),
        ],
    )
    def test_are_all_there(self, changes: dict[str, Any], expected: str) -> None:
        check("CN13-LIC-06", changes, expected)

    @pytest.mark.parametrize(("days", "expected"), [(0, "allow"), (1, "document_missing")])
    def test_hold_on_their_last_day(self, days: int, expected: str) -> None:
        (paper,) = documents("school_licence")
        ended = replace(paper, valid_until=TODAY - days * DAY)

        check(
            "CN13-LIC-06",
            {"filing__industry": "education", "filing__documents": (ended,)},
            expected,
        )

    @pytest.mark.parametrize(
        ("letters", "expected"),
        [
            (("no_harassment", "no_illegal_calls"), "allow"),
            (("no_harassment",), "letter_missing"),
            ((), "letter_missing"),
        ],
    )
    def test_are_both_letters(self, letters: tuple[str, ...], expected: str) -> None:
        check("CN13-LIC-03", {"filing__caller__letters": letters}, expected)

    @pytest.mark.parametrize("rule", ["LIC-03", "LIC-10", "NUM-04", "NUM-08"])
    def test_of_no_number_are_none(self, rule: str) -> None:
        check(f"CN13-{rule}", {"filing__caller": None}, "caller_unknown")


class TestScope:
    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            ({}, "allow"),
            ({"filing__licence__area": ("CN-BJ",)}, "allow"),
            ({"filing__licence__area": ("CN-SH",)}, "outside_area"),
            ({"filing__licence__area": ()}, "outside_area"),
            (
                {"filing__licence__area": ("CN-SH",), "filing__trunk__access_province": ""},
                "outside_area",
            ),
            ({"filing__licence": None}, "licence_missing"),
            ({"filing__regime": None}, "regime_unknown"),
            ({"filing__regime": "self_use", "filing__licence": None}, "allow"),
            ({"filing__trunk": None}, "trunk_unknown"),
            ({"filing__trunk__permitted_purposes": ("P4",)}, "trunk_purpose"),
        ],
    )
    def test_is_the_licence_and_the_ledger(self, changes: dict[str, Any], expected: str) -> None:
        check("CN13-LIC-08", changes, expected)

    @pytest.mark.parametrize(
        ("kind", "expected"),
        [("carrier", "allow"), ("loopback", "allow"), ("goip", "trunk_kind")],
    )
    def test_knows_no_way_around_a_carrier(self, kind: str, expected: str) -> None:
        check("CN13-LIC-09", {"filing__trunk__kind": kind}, expected)
        check("CN13-LIC-09", {"filing__trunk": None}, "trunk_unknown")


class TestNumber:
    @pytest.mark.parametrize(("last", "expected"), [(0, "allow"), (-1, "unfiled")])
    def test_waits_from_the_eleventh_working_day(self, last: int, expected: str) -> None:
        unfiled = (TODAY + last * DAY, TODAY + 30 * DAY)

        check("CN13-LIC-10", {"filing__caller__unfiled": unfiled}, expected)
        check("CN13-LIC-10", {}, "allow")

    @pytest.mark.parametrize(
        ("ago", "expected"),
        [(0, "allow"), (28, "allow"), (29, "call_back_old"), (-1, "call_back_old")],
    )
    def test_is_called_back(self, ago: int, expected: str) -> None:
        check("CN13-NUM-08", {"filing__caller__called_back_on": TODAY - ago * DAY}, expected)

    def test_is_held_when_nobody_answers_or_tried(self) -> None:
        check("CN13-NUM-08", {"filing__caller__call_back_works": False}, "call_back_dead")
        check("CN13-NUM-08", {"filing__caller__called_back_on": None}, "never_called_back")

    @pytest.mark.parametrize(("ago", "expected"), [(29, "number_cooling"), (30, "allow")])
    def test_is_not_swapped_after_a_mark(self, ago: int, expected: str) -> None:
        marked = TODAY - ago * DAY
        changes = {
            "filing__caller__others_marked_on": (marked,),
            "filing__caller__in_use_since": marked,
        }

        check("CN13-NUM-04", changes, expected)
        check("CN13-NUM-04", changes | {"filing__caller__in_use_since": marked - DAY}, "allow")

    def test_replaces_another_only_with_an_approval(self) -> None:
        check("CN13-NUM-04", {"filing__caller__replaces": True}, "change_unapproved")
        approved = {"filing__caller__replaces": True, "filing__caller__change_approved": True}
        check("CN13-NUM-04", approved, "allow")


class TestIndustry:
    @pytest.mark.parametrize(
        ("rule", "changes", "expected"),
        [
            ("IND-05", {}, "allow"),
            ("IND-05", {"filing__industry": "medical"}, "allow"),
            ("IND-05", {"filing__industry": "medical", "purpose": "P1"}, "marketing_off"),
            (
                "IND-05",
                {"filing__industry": "medical", "filing__script_offers": None},
                "marketing_off",
            ),
            ("IND-06", {"filing__industry": "healthfood", "purpose": "P1"}, "marketing_off"),
            ("IND-10", {"filing__industry": "collection"}, "collection_apart"),
            ("IND-10", {"filing__industry": "collection", "purpose": "P5"}, "allow"),
            ("IND-10", {"filing__industry": "tourism", "purpose": "P5"}, "collection_apart"),
            ("IND-10", {"filing__industry": "card", "purpose": "P5"}, "allow"),
            ("IND-11", {}, "allow"),
            ("IND-11", {"filing__industry": "telecom"}, "not_the_carrier"),
            ("IND-11", {"filing__industry": "telecom", "filing__regime": None}, "regime_unknown"),
            ("IND-11", {"filing__industry": "telecom", "filing__caller": None}, "caller_unknown"),
            (
                "IND-11",
                {
                    "filing__industry": "telecom",
                    "filing__regime": "self_use",
                    "filing__caller__number": "10001",
                },
                "allow",
            ),
            (
                "IND-11",
                {"filing__industry": "telecom", "filing__caller__number": "10001"},
                "not_the_carrier",
            ),
            (
                "IND-11",
                {"filing__industry": "telecom", "filing__regime": "self_use"},
                "not_the_carrier",
            ),
            ("IND-12", {}, "allow"),
            ("IND-12", {"filing__industry": "virtual_currency"}, "industry_unknown"),
        ],
    )
    def test_has_its_own_limits(self, rule: str, changes: dict[str, Any], expected: str) -> None:
        check(f"CN13-{rule}", changes, expected)


class TestDeployment:
    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            ({}, "allow"),
            ({"filing__deployment": None}, "pack_missing"),
            ({"filing__deployment__operator_matches": False}, "pack_other"),
            ({"filing__deployment__regime": "self_use"}, "pack_other"),
            ({"filing__deployment__rents_seats": True}, "allow"),
            (
                {"filing__deployment__rents_seats": True, "filing__regime": "self_use"},
                "seats_rented",
            ),
        ],
    )
    def test_is_signed_for(self, changes: dict[str, Any], expected: str) -> None:
        check("CN13-GOV-09", changes, expected)

    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            ({}, "allow"),
            ({"filing__deployment": None}, "pack_missing"),
            ({"filing__deployment__data_location": "SG"}, "data_abroad"),
            ({"filing__deployment__abroad": ("US",)}, "data_abroad"),
        ],
    )
    def test_keeps_its_data_at_home(self, changes: dict[str, Any], expected: str) -> None:
        check("CN13-SEC-02", changes, expected)


class TestStaff:
    @pytest.mark.parametrize("rule", ["AGT-01", "AGT-02", "AGT-03", "AGT-04", "AGT-10"])
    def test_of_no_seat_is_nobody(self, rule: str) -> None:
        check(f"CN13-{rule}", {"seat": None}, "seat_unknown")

    def test_has_a_name(self) -> None:
        check("CN13-AGT-01", {}, "allow")
        check("CN13-AGT-01", {"seat__named": False}, "not_named")

    @pytest.mark.parametrize(
        ("ago", "expected"),
        [(0, "allow"), (180, "allow"), (181, "training_old"), (-1, "training_old")],
    )
    def test_renews_its_training(self, ago: int, expected: str) -> None:
        check("CN13-AGT-04", {"seat__trained_on": TODAY - ago * DAY}, expected)
        check("CN13-AGT-04", {"seat__trained_on": None}, "not_trained")

    @pytest.mark.parametrize(
        ("ago", "points", "expected"),
        [
            (timedelta(0), 1, "allow"),
            (timedelta(0), 2, "agent_suspended"),
            (7 * DAY - timedelta(microseconds=1), 2, "agent_suspended"),
            (7 * DAY, 2, "allow"),
            (400 * DAY, 3, "agent_dismissed"),
        ],
    )
    def test_climbs_the_ladder(self, ago: timedelta, points: int, expected: str) -> None:
        check("CN13-AGT-10", {"seat__points": (WORKDAY_MORNING - ago,) * points}, expected)

    @settings(deadline=None)
    @given(st.timedeltas(min_value=timedelta(0), max_value=7 * DAY - timedelta(microseconds=1)))
    def test_is_back_at_the_instant_that_the_suspension_says(self, ago: timedelta) -> None:
        points = (WORKDAY_MORNING - ago - DAY, WORKDAY_MORNING - ago)
        answer = ask("CN13-AGT-10", make_facts(seat__points=points))

        assert answer.verdict is Verdict.DEFER
        assert answer.retry_at is not None
        assert (
            reason("CN13-AGT-10", make_facts(at=answer.retry_at, seat__points=points)) == "allow"
        )


class TestOutlet:
    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            ({}, "allow"),
            ({"seat__outlet__seats": 6}, "outlet_full"),
            ({"seat__outlet__active": False}, "outlet_closed"),
        ],
    )
    def test_has_five_seats(self, changes: dict[str, Any], expected: str) -> None:
        check("CN13-AGT-02", changes, expected)

    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            ({}, "allow"),
            ({"seat__outlet__inspected_on": None}, "not_inspected"),
            ({"seat__outlet__inspected_on": TODAY}, "allow"),
            ({"seat__outlet__inspected_on": TODAY + DAY}, "not_inspected"),
            ({"seat__outlet__held": True}, "outlet_held"),
            ({"seat__outlet__links": ("network",)}, "outlet_linked"),
            ({"seat__outlet__links": ("something new",)}, "outlet_linked"),
        ],
    )
    def test_is_no_front(self, changes: dict[str, Any], expected: str) -> None:
        check("CN13-AGT-03", changes, expected)
