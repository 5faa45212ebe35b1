"""CN13-IND: each industry by itself, at the edges of what it may do."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.books import book
from compliance.rulebook.bound import PackError
from compliance.rulebook.facts import DocumentFacts
from tests.compliance.rulebook.asking import other_book, reason
from tests.compliance.rulebook.build import make_facts
from tests.compliance.rulebook.filings import documents
from tests.compliance.rulebook.instants import WORKDAY_MORNING, local_date

TODAY = local_date(WORKDAY_MORNING)
DAY = timedelta(days=1)
NEEDED = {  # RULEBOOK 4.11: the papers of each industry
    "finance_loan": ("financial_licence",),
    "finance_wealth": ("financial_licence",),
    "card": ("financial_licence",),
    "insurance": ("insurance_licence", "dedicated_number", "project_filing"),
    "securities": ("securities_licence",),
    "realestate": ("agency_filing",),
    "medical": ("medical_licence", "medical_advertising"),
    "healthfood": ("food_licence",),
    "hr": ("hr_licence",),
    "tourism": ("travel_licence",),
    "education": ("school_licence",),
    "collection": ("creditor_contract",),
    "telecom": ("carrier_authorisation",),
}
INDUSTRIES = {*NEEDED, "retail", "other"}
FINANCE = ("finance_loan", "finance_wealth", "card")


def check(rule_id: str, expected: str, **changes: Any) -> None:
    assert reason(rule_id, make_facts(**changes)) == expected


def paper(kind: str, **changes: Any) -> DocumentFacts:
    (one,) = documents(kind)
    return replace(one, **changes)


class TestPapers:
    def test_are_named_for_every_industry_that_needs_some(self) -> None:
        assert set(book().words("industry")) == INDUSTRIES

    @pytest.mark.parametrize("industry", NEEDED)
    def test_of_an_industry_are_enough(self, industry: str) -> None:
        check(
            "CN13-LIC-06",
            "allow",
            filing__industry=industry,
            filing__documents=documents(*NEEDED[industry]),
        )

    @pytest.mark.parametrize(
        ("industry", "lost"), [(key, kind) for key, kinds in NEEDED.items() for kind in kinds]
    )
    def test_of_an_industry_are_each_needed(self, industry: str, lost: str) -> None:
        others = set(documents(*(kind for kind in NEEDED[industry] if kind != lost)))
        others |= {paper(lost, valid_until=TODAY - DAY), paper(lost, valid_from=TODAY + DAY)}

        check(
            "CN13-LIC-06",
            "document_missing",
            filing__industry=industry,
            filing__documents=tuple(others),
        )

    @pytest.mark.parametrize("industry", NEEDED)
    def test_hold_from_their_first_day_to_their_last(self, industry: str) -> None:
        of_today = tuple(
            paper(kind, valid_from=TODAY, valid_until=TODAY) for kind in NEEDED[industry]
        )

        check("CN13-LIC-06", "allow", filing__industry=industry, filing__documents=of_today)


class TestLocalFiling:
    """CN13-IND-01."""

    @pytest.mark.parametrize("industry", FINANCE)
    @pytest.mark.parametrize(
        ("places", "kinds", "expected"),
        [
            (("CN-BJ",), (), "allow"),
            (("CN-NX",), (), "local_filing_missing"),
            (("CN-NX",), ("whitelist_filing_zj",), "local_filing_missing"),
            (("CN-NX",), ("whitelist_filing_nx",), "allow"),
            (("CN-BJ", "CN-ZJ"), (), "local_filing_missing"),
            (("CN-BJ", "CN-ZJ"), ("whitelist_filing_zj",), "allow"),
            (("CN-*",), ("whitelist_filing_zj",), "local_filing_missing"),
            (("CN-*",), ("whitelist_filing_nx", "whitelist_filing_zj"), "allow"),
            ((), ("whitelist_filing_nx",), "local_filing_missing"),
        ],
    )
    def test_is_asked_wherever_the_callee_may_be(
        self, industry: str, places: tuple[str, ...], kinds: tuple[str, ...], expected: str
    ) -> None:
        check(
            "CN13-IND-01",
            expected,
            filing__industry=industry,
            callee__provinces=places,
            filing__documents=documents(*kinds),
        )

    @pytest.mark.parametrize(
        ("first", "last", "expected"),
        [
            (0, 0, "allow"),
            (-30, -1, "local_filing_missing"),
            (1, 30, "local_filing_missing"),
        ],
    )
    def test_holds_while_it_is_valid(self, first: int, last: int, expected: str) -> None:
        filed = paper(
            "whitelist_filing_nx", valid_from=TODAY + first * DAY, valid_until=TODAY + last * DAY
        )

        check(
            "CN13-IND-01",
            expected,
            filing__industry="card",
            callee__provinces=("CN-NX",),
            filing__documents=(filed,),
        )

    @pytest.mark.parametrize("industry", sorted(INDUSTRIES - set(FINANCE)))
    def test_is_asked_of_finance_only(self, industry: str) -> None:
        check(
            "CN13-IND-01",
            "not_applicable",
            filing__industry=industry,
            callee__provinces=("CN-NX",),
        )

    @given(places=st.lists(st.sampled_from(["CN-BJ", "CN-NX", "CN-ZJ", "CN-*"]), max_size=4))
    def test_never_allows_a_place_for_which_nothing_is_filed(self, places: list[str]) -> None:
        found = reason(
            "CN13-IND-01",
            make_facts(
                filing__industry="card",
                callee__provinces=tuple(places),
                filing__documents=(),
            ),
        )

        elsewhere = bool(places) and set(places) == {"CN-BJ"}
        assert (found == "allow") is elsewhere

    def test_names_a_paper_of_some_province_or_the_pack_is_not_used(self) -> None:
        def without_papers(pack: dict[str, Any]) -> None:
            rule = pack["rules"]["CN13-IND-01"]
            rule["params"][0]["documents"] = rule["floor"] = {}

        with pytest.raises(PackError, match="names no paper"):
            other_book(without_papers)


class TestDedicatedNumber:
    """CN13-IND-02."""

    @pytest.mark.parametrize(
        ("named", "first", "last", "expected"),
        [
            (True, 0, 0, "allow"),
            (False, 0, 0, "number_unpublished"),
            (True, -9, -1, "number_unpublished"),
            (True, 1, 9, "number_unpublished"),
        ],
    )
    def test_is_the_one_that_the_insurer_published(
        self, *, named: bool, first: int, last: int, expected: str
    ) -> None:
        published = paper(
            "dedicated_number",
            names_caller=named,
            valid_from=TODAY + first * DAY,
            valid_until=TODAY + last * DAY,
        )

        check("CN13-IND-02", expected, filing__documents=(published,))

    def test_is_not_any_paper_with_the_number_on_it(self) -> None:
        check(
            "CN13-IND-02", "number_unpublished", filing__documents=documents("insurance_licence")
        )

    @pytest.mark.parametrize("industry", sorted(INDUSTRIES - {"insurance"}))
    def test_is_asked_of_insurance_only(self, industry: str) -> None:
        check("CN13-IND-02", "not_applicable", filing__industry=industry, filing__documents=())


class TestMinors:
    """CN13-IND-09."""

    @pytest.mark.parametrize(
        ("age", "expected"),
        [("", "allow"), ("under_18", "minor_of_industry"), ("under_14", "minor_of_industry")],
    )
    @pytest.mark.parametrize("purpose", ["P2", "P3", "P4", "P6"])
    def test_are_never_called_for_education(self, purpose: str, age: str, expected: str) -> None:
        check(
            "CN13-IND-09",
            expected,
            purpose=purpose,
            filing__industry="education",
            callee__age_group=age,
        )

    @given(age=st.text(min_size=1))
    def test_are_refused_under_any_name_of_their_age(self, age: str) -> None:
        check(
            "CN13-IND-09",
            "minor_of_industry",
            filing__industry="education",
            callee__age_group=age,
        )

    def test_are_left_to_the_general_rule_elsewhere(self) -> None:
        check(
            "CN13-IND-09",
            "not_applicable",
            filing__industry="retail",
            callee__age_group="under_18",
        )
