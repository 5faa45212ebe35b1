"""Over all rules and all facts: a worse fact, or one fact less, never frees a refused call."""

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.rulebook.decision import Verdict
from tests.compliance.rulebook.directions import DIRECTIONS
from tests.compliance.rulebook.downhill import GOOD, LEAVES, Way, allowed, held, judged, put, steps
from tests.compliance.rulebook.ladders import SHRINKS, Worse


class TestDirections:
    def test_are_stated_for_each_fact_and_for_nothing_else(self) -> None:
        for kind, stated in DIRECTIONS.items():
            names = {field.name for field in fields(kind)}
            assert stated.keys() <= names, kind.__name__
        assert {leaf.kind for leaf in LEAVES} == set(DIRECTIONS)

    def test_say_why_a_fact_has_none(self) -> None:
        for leaf in LEAVES:
            assert isinstance(leaf.direction, Worse) or leaf.direction.why

    @pytest.mark.parametrize("name", GOOD)
    def test_begin_at_a_call_that_may_be_made(self, name: str) -> None:
        findings = judged(name, GOOD[name]).objections

        assert [(f.rule_id, f.answer.reason) for f in findings] == []

    def test_reach_every_fact_in_one_of_the_calls(self) -> None:
        reached = {leaf.way for leaf in LEAVES for facts in GOOD.values() if leaf.rungs(facts)}
        ordered = {
            leaf.way for leaf in LEAVES if isinstance(leaf.direction, Worse) or leaf.may_be_none
        }

        assert ordered - reached == set()


@pytest.mark.parametrize("name", GOOD)
class TestLadder:
    def test_is_never_climbed_back_to_an_allowance(self, name: str) -> None:
        refused: set[Way] = set()

        for leaf, rung, decision in steps(name):
            may = decision.verdict is Verdict.ALLOW
            assert not (may and leaf.way in refused), (leaf.way, rung)
            if not may:
                refused.add(leaf.way)


@pytest.mark.parametrize("name", ["a talk with a customer", "an American's robot"])
class TestSecondStep:
    def test_never_frees_what_the_first_refused(self, name: str) -> None:
        worst = {leaf.way: (leaf, rung) for leaf, rung, _ in steps(name)}.values()
        emptied = [
            (leaf, rung)
            for leaf, rung, _ in steps(name)
            if leaf.direction is SHRINKS and rung == ()
        ]
        firsts = {leaf.way: rung for leaf, rung, said in steps(name) if said.objections}

        for way, rung in firsts.items():
            facts = put(GOOD[name], way, rung)
            for second, lower in (*worst, *emptied):
                inside = way[: len(second.way)] == second.way
                undone = inside and (lower != () or way == second.way)
                if undone or held(facts, second.way[:-1]) is None:
                    continue  # it would undo the first step, or has nothing to stand on
                assert not allowed(name, put(facts, second.way, lower)), (way, second.way, lower)


class TestStepsDown:
    @given(data=st.data(), name=st.sampled_from(list(GOOD)))
    def test_never_turn_a_refusal_into_an_allowance(self, data: st.DataObject, name: str) -> None:
        facts = GOOD[name]
        may = True

        for _ in range(4):
            ladders = [(leaf, rungs) for leaf in LEAVES if (rungs := leaf.rungs(facts))]
            leaf, rungs = data.draw(st.sampled_from(ladders))
            facts = put(facts, leaf.way, data.draw(st.sampled_from(rungs)))
            was, may = may, allowed(name, facts)
            assert was or not may, leaf.way
