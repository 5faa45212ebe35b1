"""The gate asks about a crowded line with the line's rules alone: no other rule may look at it."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from compliance.books import book
from compliance.rulebook.decision import ALLOW, NOT_APPLICABLE, Verdict
from compliance.rulebook.engine import decide, line_allows
from compliance.rulebook.facts import CallFacts, LineFacts, UseFacts
from tests.compliance.rulebook.build import make_facts
from tests.compliance.rulebook.instants import WORKDAY_MORNING
from tests.compliance.rulebook.strategies import call_facts

LINES = st.builds(
    LineFacts,
    caller_day=st.builds(
        UseFacts,
        count=st.integers(0, 1000),
        oldest_at=st.just(WORKDAY_MORNING - timedelta(hours=1)),
    ),
    trunk_open_permits=st.integers(0, 200) | st.just(10**6),
    robot_open_permits=st.integers(0, 20),
)


def line_rules() -> set[str]:
    return {rule.id for rule in book().rules() if rule.rule.scope == "line"}


@given(facts=call_facts(), line=st.none() | LINES)
def test_no_other_rule_answers_otherwise_on_another_line(
    facts: CallFacts, line: LineFacts | None
) -> None:
    before, after = (decide(each, book()) for each in (facts, replace(facts, line=line)))

    answers = zip(before.findings, after.findings, strict=True)

    assert {a.rule_id for a, b in answers if a.answer != b.answer} <= line_rules()


@given(facts=call_facts(), line=st.none() | LINES)
def test_the_lines_rules_say_together_what_they_say_in_the_book(
    facts: CallFacts, line: LineFacts | None
) -> None:
    facts = replace(facts, line=line)

    findings = decide(facts, book()).findings

    asked = [finding.answer for finding in findings if finding.rule_id in line_rules()]
    assert asked
    assert line_allows(facts, book()) == all(answer in (ALLOW, NOT_APPLICABLE) for answer in asked)


def test_an_unknown_line_allows_nothing() -> None:
    facts = make_facts(line=None)

    assert not line_allows(facts, book())
    assert decide(facts, book()).verdict is Verdict.REFUSE


def test_a_full_line_allows_nothing() -> None:
    assert line_allows(make_facts(), book())
    assert not line_allows(make_facts(line__trunk_open_permits=10**6), book())


@given(line=LINES, seats=st.integers(0, 100))
def test_a_crowded_line_has_a_call_of_every_seat_more(line: LineFacts, seats: int) -> None:
    def used(line: LineFacts) -> tuple[int, ...]:
        return line.caller_day.count, line.trunk_open_permits, line.robot_open_permits

    crowded = line.crowded(seats)

    assert used(crowded) == tuple(count + seats for count in used(line))
    assert crowded.caller_day.oldest_at == line.caller_day.oldest_at
