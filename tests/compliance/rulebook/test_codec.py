"""Canonical facts: equal facts, equal bytes, and back without loss."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from enum import IntEnum, StrEnum
from typing import Any

import pytest
from hypothesis import given, settings

from audit.canonical import GREATEST, canon
from compliance.books import book
from compliance.rulebook import codec
from compliance.rulebook.codec import (
    FactsError,
    answers_from_text,
    answers_text,
    facts_bytes,
    facts_from_bytes,
    finding_from_row,
    finding_row,
    instant_text,
)
from compliance.rulebook.decision import Verdict
from compliance.rulebook.engine import decide
from compliance.rulebook.facts import CallFacts
from tests.compliance.rulebook.build import make_facts, make_lift, make_refusal
from tests.compliance.rulebook.instants import WORKDAY_MORNING
from tests.compliance.rulebook.strategies import call_facts

FULL = make_facts(refusals=(make_refusal(lift=make_lift()), make_refusal(purpose="P1")))


class Regime(StrEnum):
    SELF_USE = "self_use"


class Seat(IntEnum):
    SEVENTH = 7


class TestFactsBytes:
    def test_are_the_canonical_json_of_the_facts(self) -> None:
        facts = make_facts(callee__digest='“"\\\n\t\x00\x7f\u2028中文😀')

        assert facts_bytes(facts) == canon(json.loads(facts_bytes(facts)))

    @settings(deadline=None)
    @given(facts=call_facts())
    def test_come_back_as_the_same_facts_and_the_same_decision(self, facts: CallFacts) -> None:
        data = facts_bytes(facts)
        again = facts_from_bytes(data)

        assert again == facts
        assert facts_bytes(again) == data == canon(json.loads(data))
        rows = [
            [finding_row(f) for f in decide(given_facts, book()).findings]
            for given_facts in (facts, again)
        ]
        assert canon_bytes(rows[0]) == canon_bytes(rows[1])

    @pytest.mark.parametrize("integer", [GREATEST, -GREATEST])
    def test_hold_every_integer_that_has_a_canonical_form(self, integer: int) -> None:
        facts = make_facts(health__clock_skew_ms=integer)

        assert facts_bytes(facts) == canon(json.loads(facts_bytes(facts)))

    def test_do_not_depend_on_the_zone_that_an_instant_is_written_in(self) -> None:
        there = WORKDAY_MORNING.astimezone(timezone(timedelta(hours=8)))

        assert facts_bytes(make_facts(at=there)) == facts_bytes(make_facts())

    def test_write_enumerations_as_their_values(self) -> None:
        enums = make_facts(filing__regime=Regime.SELF_USE, seat__id=Seat.SEVENTH)
        plain = make_facts(filing__regime="self_use", seat__id=7)

        assert facts_bytes(enums) == facts_bytes(plain)

    @pytest.mark.parametrize(
        "change",
        [
            {"seat__id": 2**53},
            {"seat__id": -(2**53)},
            {"seat__id": 1.5},
            {"callee__digest": "\ud800"},
            {"callee__digest": b"raw"},
            {"callee__provinces": ["CN-BJ"]},
            {"seat__hour__oldest_at": datetime(2026, 1, 1)},
        ],
    )
    def test_refuse_values_without_a_canonical_form(self, change: dict[str, Any]) -> None:
        with pytest.raises(FactsError):
            facts_bytes(make_facts(**change))


def canon_bytes(rows: list[dict[str, Any]]) -> bytes:
    return canon(rows)


class TestBytesOfAFiling:
    def test_are_its_own_at_every_instant(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(codec, "TEXTS_KEPT", 1)  # so that each forgets the one before
        facts = make_facts(refusals=())
        later = WORKDAY_MORNING + timedelta(microseconds=1)
        moved = replace(facts, at=later, filing=replace(facts.filing, at=later))
        other = make_facts(refusals=(), filing__state="paused")

        for written in (facts, moved, other, facts, replace(moved, refusals=None)):
            assert facts_from_bytes(facts_bytes(written)) == written


class TestFactsFromBytes:
    def tree(self) -> dict[str, Any]:
        tree: dict[str, Any] = json.loads(facts_bytes(FULL))
        return tree

    @pytest.mark.parametrize(
        ("path", "value"),
        [
            (("seat",), 7),
            (("seat", "id"), "7"),
            (("seat", "id"), None),
            (("seat", "active"), 1),
            (("at",), 5),
            (("at",), "yesterday"),
            (("filing", "licence", "expires_on"), "2026-13-01"),
            (("refusals",), {}),
            (("refusals",), [7]),
            (("callee", "provinces"), "CN-BJ"),
            (("callee", "extra"), 1),
            (("extra",), None),
        ],
    )
    def test_refuse_a_value_that_does_not_fit(self, path: tuple[str, ...], value: Any) -> None:
        tree = self.tree()
        table = tree
        for key in path[:-1]:
            table = table[key]
        table[path[-1]] = value

        with pytest.raises(FactsError):
            facts_from_bytes(canon(tree))

    def test_refuse_a_missing_fact(self) -> None:
        tree = self.tree()
        del tree["health"]["clock_skew_ms"]

        with pytest.raises(FactsError, match="clock_skew_ms"):
            facts_from_bytes(canon(tree))

    def test_read_every_kind_of_fact(self) -> None:
        assert facts_from_bytes(facts_bytes(FULL)) == FULL


class TestAnswersText:
    def test_gives_every_rule_and_its_answer_back_in_the_order_of_asking(self) -> None:
        decision = decide(make_facts(consents=(), purpose="P4", refusals=None), book())

        answers = answers_from_text(answers_text(decision))

        assert list(answers) == [finding.rule_id for finding in decision.findings]
        assert list(answers.values()) == [f.answer.verdict for f in decision.findings]
        assert {"allow", "not_applicable", "refuse"} <= set(answers.values())

    def test_is_the_same_for_an_allowance_that_comes_again(self) -> None:
        decision = decide(make_facts(), book())
        assert decision.verdict is Verdict.ALLOW

        first, again = answers_text(decision), answers_text(decision)

        assert first is again
        assert list(answers_from_text(first)) == [found.rule_id for found in decision.findings]

    def test_is_not_that_of_an_objection(self) -> None:
        decision = decide(make_facts(filing__regime=None), book())

        assert "=r" in answers_text(decision)
        assert "=r" not in answers_text(decide(make_facts(), book()))


class TestFindingRow:
    def test_comes_back_as_the_same_finding(self) -> None:
        facts = make_facts(
            at=WORKDAY_MORNING.replace(hour=15), consents=(), purpose="P4", refusals=None
        )

        decision = decide(replace(facts), book())
        rows = [finding_row(finding) for finding in decision.findings]

        assert {row["verdict"] for row in rows} == {"allow", "not_applicable", "defer", "refuse"}
        assert [finding_from_row(json.loads(canon(row))) for row in rows] == [*decision.findings]


class TestInstantText:
    @pytest.mark.parametrize(
        ("at", "text"),
        [
            (datetime(2026, 3, 11, 2, tzinfo=UTC), "2026-03-11T02:00:00.000000Z"),
            (
                datetime(2026, 3, 11, 2, 0, 0, 1, tzinfo=timezone(timedelta(hours=8))),
                "2026-03-10T18:00:00.000001Z",
            ),
            (datetime(926, 1, 1, tzinfo=UTC), "0926-01-01T00:00:00.000000Z"),
        ],
    )
    def test_is_utc_with_six_digits(self, at: datetime, text: str) -> None:
        assert instant_text(at) == text

    def test_refuses_an_instant_without_a_zone(self) -> None:
        with pytest.raises(FactsError):
            instant_text(datetime(2026, 3, 11))
