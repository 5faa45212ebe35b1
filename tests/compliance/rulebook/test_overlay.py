"""Overlays: stricter where they apply, silent elsewhere, and never a way around a rule."""

from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.books import book, book_of, find_rule, read_pack
from compliance.rulebook.book import Book
from compliance.rulebook.bound import PackError
from compliance.rulebook.decision import Verdict
from compliance.rulebook.engine import decide
from compliance.rulebook.facts import PURPOSES, CallFacts
from compliance.rulebook.overlay import only_when, with_overlay
from tests.compliance.rulebook.asking import reason
from tests.compliance.rulebook.build import make_attempt, make_facts
from tests.compliance.rulebook.instants import WORKDAY_MORNING, beijing
from tests.compliance.rulebook.strategies import call_facts

NINGXIA = {"purpose": "P5", "callee__provinces": ("CN-NX",), "filing__regime": "self_use"}


@cache
def bare_pack() -> dict[str, Any]:
    """Return the shipped pack without its overlays."""
    pack = read_pack("cn13")
    pack["rules"] = {key: row for key, row in pack["rules"].items() if "when" not in row}
    return pack


def overlay(**changes: Any) -> dict[str, Any]:
    return {
        "id": "test",
        "tightens": "cn13",
        "title_zh": "试",
        "title_en": "test",
        "basis": "d",
        "cites": ["catalogue"],
        "when": {"provinces": ["CN-GD"]},
        "rules": {
            "CN13-TIM-02": {"params": [{"since": date(2018, 7, 31), "P3": ["10:00-11:00"]}]}
        },
    } | changes


def book_with(**changes: Any) -> Book:
    return book_of(with_overlay(bare_pack(), overlay(**changes)))


class TestNingxia:
    def test_counts_three_calls_a_day_there(self) -> None:
        calls = tuple(
            make_attempt(at=WORKDAY_MORNING - timedelta(hours=hours), purpose="P5")
            for hours in (2, 9, 20)
        )
        there = make_facts(**NINGXIA, attempts=calls)
        elsewhere = make_facts(**NINGXIA | {"callee__provinces": ("CN-GD",)}, attempts=calls)

        assert reason("CN13-FRQ-01.ningxia", there) == "called_often"
        assert reason("CN13-FRQ-01", there) == "allow"
        assert reason("CN13-FRQ-01.ningxia", elsewhere) == "not_applicable"
        assert reason("CN13-FRQ-01.ningxia", make_facts(**NINGXIA, attempts=calls[:2])) == "allow"

    @pytest.mark.parametrize("places", [(), ("CN-*",), ("CN-GD", "CN-NX")])
    def test_applies_where_the_callee_may_be(self, places: tuple[str, ...]) -> None:
        facts = make_facts(**NINGXIA | {"callee__provinces": places})

        assert reason("CN13-TIM-02.ningxia", facts) == "allow"

    def test_began_with_the_notice(self) -> None:
        asked = {bound.id for bound in book().before_call(beijing("2025-04-23 10:00")).rules}
        then = {bound.id: bound for bound in book().before_call(WORKDAY_MORNING).rules}

        assert "CN13-FRQ-01" in asked
        assert "CN13-FRQ-01.ningxia" not in asked
        assert then["CN13-FRQ-01.ningxia"].params["P5"][0].most == 3


class TestInsurance:
    @pytest.mark.parametrize(
        ("at", "said"),
        [
            ("2026-03-11 08:59", "outside_envelope"),
            ("2026-03-11 09:00", "allow"),
            ("2026-03-11 20:59", "allow"),
            ("2026-03-11 21:00", "outside_envelope"),
        ],
    )
    def test_opens_at_nine_and_closes_at_nine(self, at: str, said: str) -> None:
        facts = make_facts(at=beijing(at), purpose="P1", filing__industry="insurance")

        assert reason("CN13-TIM-01.insurance", facts) == said

    @pytest.mark.parametrize("change", [{"purpose": "P3"}, {"filing__industry": "retail"}])
    def test_leaves_other_calls_to_the_rule_itself(self, change: dict[str, Any]) -> None:
        facts = make_facts(at=beijing("2026-03-11 08:30"), **{"purpose": "P1"} | change)

        assert reason("CN13-TIM-01.insurance", facts) == "not_applicable"


class TestWithOverlay:
    def test_leaves_the_rule_itself_as_it_is(self) -> None:
        pack = bare_pack()
        merged = with_overlay(pack, overlay())

        assert {key: merged["rules"][key] for key in pack["rules"]} == pack["rules"]
        assert list(merged["rules"])[-1] == "CN13-TIM-02.test"

    def test_borrows_from_its_own_rules_first(self) -> None:
        rules = {
            "CN13-TIM-02": {"params": [{"since": date(2018, 7, 31), "P3": ["10:00-11:00"]}]},
            "CN13-TIM-09": {},
        }
        facts = make_facts(at=beijing("2026-03-11 10:59"), callee__provinces=("CN-GD",))

        guarded = book_with(rules=rules)

        assert reason("CN13-TIM-09.test", facts, book=guarded) == "closing"
        assert reason("CN13-TIM-09", facts, book=guarded) == "allow"

    def test_keeps_the_floor_of_the_rule(self) -> None:
        with pytest.raises(PackError, match="looser"):
            book_with(
                rules={
                    "CN13-TIM-01": {"params": [{"since": date(2020, 1, 1), "P3": ["00:00-24:00"]}]}
                }
            )

    def test_begins_on_the_overlays_first_day(self) -> None:
        merged = with_overlay(
            bare_pack(),
            overlay(rules={"CN13-TIM-02": {"params": [{"since": date(2030, 1, 1), "P3": []}]}}),
        )
        (table,) = merged["rules"]["CN13-TIM-02.test"]["params"]

        assert (table["since"], table["P3"]) == (date(2030, 1, 1), [])
        assert table["P5"] == ["08:00-20:00"]  # as the rule itself says

    def test_states_for_each_day_what_holds_on_it(self) -> None:
        def dated(year: int, **numbers: int) -> dict[str, Any]:
            return {"since": date(year, 1, 1)} | numbers

        stated = [dated(2018, a=1, b=1), dated(2020, a=2, b=2), dated(2022, a=3, b=3)]
        base = {"title_zh": "则", "title_en": "rule", "params": stated}
        own = {"params": [dated(2019, a=10), dated(2021, a=20)]}

        merged = with_overlay({"id": "cn13", "rules": {"R": base}}, overlay(rules={"R": own}))

        assert merged["rules"]["R.test"]["params"] == [
            dated(2019, a=10, b=1),
            dated(2020, a=10, b=2),
            dated(2021, a=20, b=2),
            dated(2022, a=20, b=3),
        ]

    @pytest.mark.parametrize(
        "when", [{}, {"provinces": []}, {"nobody": ["CN-GD"]}, {"regimes": ["x"], "x": ["y"]}]
    )
    def test_refuses_a_condition_that_it_cannot_read(self, when: dict[str, Any]) -> None:
        with pytest.raises(ValueError, match="condition"):
            with_overlay(bare_pack(), overlay(when=when))

    def test_refuses_a_rule_that_the_pack_does_not_have(self) -> None:
        with pytest.raises(KeyError):
            with_overlay(bare_pack(), overlay(rules={"CN13-TIM-99": {}}))

    def test_refuses_places_for_a_rule_about_the_filing(self) -> None:
        with pytest.raises(PackError, match="where the callee is"):
            book_with(rules={"CN13-LIC-02": {}})


class TestOnlyWhen:
    @pytest.mark.parametrize(
        ("regime", "said"),
        [
            ("self_use", "not_applicable"),
            ("b24_operator", "marketing_barred"),
            (None, "regime_unknown"),
        ],
    )
    def test_asks_about_a_filing_whose_regime_matches_or_is_unknown(
        self, regime: str | None, said: str
    ) -> None:
        strict = book_with(when={"regimes": ["b24_operator"]}, rules={"CN13-LIC-02": {}})
        facts = make_facts(purpose="P1", filing__regime=regime)

        assert reason("CN13-LIC-02.test", facts, book=strict) == said

    def test_leaves_a_rule_without_a_condition_alone(self) -> None:
        rule = find_rule("hours.envelope")

        assert only_when(rule, None) is rule


def whens() -> st.SearchStrategy[dict[str, list[str]]]:
    facets = {
        "provinces": st.lists(st.sampled_from(["CN-BJ", "CN-GD", "CN-XJ"]), min_size=1),
        "industries": st.just(["insurance"]),
        "purposes": st.lists(st.sampled_from(PURPOSES), min_size=1),
        "regimes": st.just(["b24_operator"]),
    }
    return st.fixed_dictionaries({}, optional=facets).filter(bool)


BARE = book_of(bare_pack())
WINDOWS = st.sampled_from([[], ["00:00-24:00"], ["10:00-11:00"], ["08:00-12:00", "13:00-22:00"]])
LOOSE_OR_NOT = st.fixed_dictionaries(
    {},
    optional={
        "CN13-TIM-02": st.fixed_dictionaries({"P3": WINDOWS, "P4": WINDOWS, "P1": WINDOWS}),
        "CN13-TIM-04": st.fixed_dictionaries({"P3": WINDOWS, "P5": WINDOWS}),
        "CN13-DIA-03": st.fixed_dictionaries({"hour": st.integers(1, 500)}),
        "CN13-FRQ-05": st.fixed_dictionaries({"run": st.integers(1, 9)}),
    },
).filter(bool)


class TestEveryOverlay:
    @given(facts=call_facts(), when=whens(), stated=LOOSE_OR_NOT)
    def test_never_turns_an_objection_into_an_allowance(
        self, facts: CallFacts, when: dict[str, Any], stated: dict[str, Any]
    ) -> None:
        rules = {
            rule_id: {"params": [{"since": date(2018, 7, 31)} | table]}
            for rule_id, table in stated.items()
        }
        plain = decide(facts, BARE)
        under = decide(facts, book_with(when=when, rules=rules))

        strictness = [Verdict.ALLOW, Verdict.DEFER, Verdict.REFUSE].index
        assert strictness(under.verdict) >= strictness(plain.verdict)
        if plain.retry_at is not None and under.retry_at is not None:
            assert under.retry_at >= plain.retry_at
        assert {f.rule_id for f in under.objections} >= {f.rule_id for f in plain.objections}
