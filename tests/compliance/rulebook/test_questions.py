"""Asking quickly: what stands for all the like of a call is not asked again, nor changed by it."""

import ast
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import compliance.rulebook
from compliance.books import book as shipped_book
from compliance.rulebook import questions as questions_module
from compliance.rulebook.book import Book
from compliance.rulebook.decision import Finding
from compliance.rulebook.engine import decide, decide_once
from compliance.rulebook.facts import CallFacts
from compliance.rulebook.questions import Plan
from compliance.rulebook.sight import sight, standing
from tests.compliance.rulebook.asking import other_book
from tests.compliance.rulebook.build import (
    make_attempt,
    make_calendar,
    make_consent,
    make_facts,
    make_refusal,
)
from tests.compliance.rulebook.instants import BEIJING, WORKDAY_MORNING
from tests.compliance.rulebook.strategies import call_facts

RULEBOOK = Path(compliance.rulebook.__file__).parent
SOURCES = [
    *sorted(RULEBOOK.glob("rules/*.py")),
    *(RULEBOOK / f"{name}.py" for name in ("chosen", "grounds", "local", "unknowns", "usage")),
]
DAY = st.integers(min_value=-10 * 3600, max_value=14 * 3600 - 1)  # seconds around 10:00


@pytest.fixture
def book() -> Book:
    """Return a book that nobody has asked yet."""
    return other_book(lambda pack: None)


def plan_of(facts: CallFacts, book: Book) -> Plan:
    """Return the plan that is made when the like of a call comes a second time."""
    questions = book.before_call(facts.at)
    questions.plan(facts)
    return questions.plan(facts)


def asked_anew(facts: CallFacts, book: Book) -> tuple[Finding, ...]:
    """Ask every rule on the facts themselves, one after the other."""
    return tuple(
        Finding(
            rule_id=bound.id,
            answer=bound.rule.check(facts if bound.on_call else facts.filing, bound.params),
        )
        for bound in book.before_call(facts.at).rules
    )


def left_by(plan: Plan, book: Book) -> set[str]:
    rules = book.before_call(WORKDAY_MORNING).rules
    pairs = zip(rules, plan.settled, strict=True)
    return {bound.id for bound, answer in pairs if answer is None}


def at_another_time(facts: CallFacts, seconds: int) -> CallFacts:
    """Return the call at another time, of the very same filing."""
    at = facts.at + timedelta(seconds=seconds)
    return replace(facts, at=at, filing=replace(facts.filing, at=at))


class TestPlan:
    @settings(deadline=None)
    @given(facts=call_facts())
    def test_gives_the_answers_that_the_rules_give(self, facts: CallFacts) -> None:
        plan_of(facts, shipped_book())

        assert decide_once(facts, shipped_book()).findings == asked_anew(facts, shipped_book())

    @settings(deadline=None)
    @given(seconds=DAY)
    def test_gives_them_at_every_time_of_its_day(self, seconds: int) -> None:
        facts = make_facts()
        plan = plan_of(facts, shipped_book())

        then = at_another_time(facts, seconds)

        assert shipped_book().before_call(then.at).plan(then) is plan
        assert decide_once(then, shipped_book()).findings == asked_anew(then, shipped_book())

    @settings(deadline=None)
    @given(first=call_facts(), other=call_facts())
    def test_gives_them_for_everybody_else(self, first: CallFacts, other: CallFacts) -> None:
        plan_of(first, shipped_book())
        days = BEIJING.day(first.at) - BEIJING.day(other.at)

        beside = at_another_time(
            replace(other, filing=replace(first.filing, at=other.at), calendar=first.calendar),
            days * 24 * 3600,
        )

        assert decide_once(beside, shipped_book()).findings == asked_anew(beside, shipped_book())

    @pytest.mark.parametrize(
        "changes",
        [
            {"attempts": (make_attempt(open=True),)},
            {"refusals": (make_refusal(),)},
            {"refusals": None},
            {"consents": ()},
            {"consents": (make_consent(withdrawn_at=WORKDAY_MORNING),)},
            {"callee__canary": True},
            {"callee__protected": None},
            {"callee__provinces": ("CN-XJ",)},
            {"callee__number_class": "short"},
            {"callee__age_group": "under_14"},
            {"callee__external_lists": None},
            {"callee__vacant_at": WORKDAY_MORNING},
            {"whitelist_version": None},
            {"health__stopped": ("platform",)},
            {"health__clock_skew_ms": None},
            {"health__audit_writable": False},
            {"seat__active": False},
            {"seat__outlet__held": True},
            {"line": None},
            {"calendar": None},
        ],
    )
    def test_hides_nothing_that_is_new(self, changes: dict[str, Any], book: Book) -> None:
        facts, other = make_facts(), make_facts(**changes)
        plan_of(facts, book)
        changed = replace(other, filing=facts.filing, calendar=other.calendar and facts.calendar)

        decision = decide_once(changed, book)

        assert decision.objections
        assert decision.findings == asked_anew(changed, book)

    def test_is_of_one_day(self, book: Book) -> None:
        facts = make_facts(filing__licence__expires_on=WORKDAY_MORNING.date())
        plan = plan_of(facts, book)
        last, over = at_another_time(facts, 14 * 3600 - 1), at_another_time(facts, 14 * 3600)

        assert book.before_call(last.at).plan(last) is plan
        assert "CN13-LIC-01" not in {one.rule_id for one in decide_once(last, book).objections}
        assert "CN13-LIC-01" in {one.rule_id for one in decide_once(over, book).objections}

    def test_leaves_to_be_asked_what_hangs_on_the_call(self, book: Book) -> None:
        plan = plan_of(make_facts(), book)

        left = left_by(plan, book)

        assert {"CN13-TIM-01", "CN13-TIM-11", "CN13-CON-01", "CN13-DIA-03"} <= left
        assert not {"CN13-LIC-01", "CN13-SCR-01", "CN13-REF-01", "CN13-FRQ-01"} & left
        assert len(left) < len(plan.settled) / 3

    def test_is_made_when_the_like_of_a_call_comes_again(self, book: Book) -> None:
        facts, questions = make_facts(), book.before_call(WORKDAY_MORNING)

        assert questions.plan(facts) is questions.plain
        made = questions.plan(facts)
        assert made is not questions.plain
        assert questions.plan(at_another_time(facts, 3600)) is made
        assert questions.plan(replace(facts, calendar=make_calendar())) is questions.plain

    def test_is_forgotten_where_no_more_are_kept(
        self, book: Book, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(questions_module, "PLANS_KEPT", 1)
        one, two = make_facts(), make_facts()
        questions = book.before_call(one.at)

        assert plan_of(one, book).allowance == plan_of(two, book).allowance
        assert questions.plan(one) is questions.plain
        assert questions.plan(one) is not questions.plain

    def test_lets_no_objection_stand(self, book: Book) -> None:
        facts = make_facts(filing__regime=None)

        left = left_by(plan_of(facts, book), book)

        objecting = {one.rule_id for one in decide(facts, book).objections}
        assert objecting
        assert objecting <= left

    def test_is_the_plain_one_where_the_filing_is_judged_for_another_instant(
        self, book: Book
    ) -> None:
        facts = make_facts()
        astray = replace(facts, filing=replace(facts.filing, at=facts.at + timedelta(days=1)))

        assert plan_of(astray, book) is book.before_call(facts.at).plain
        assert "CN13-TIM-11" in {one.rule_id for one in decide_once(astray, book).objections}

    def test_is_the_plain_one_where_a_fact_was_not_recorded(self, book: Book) -> None:
        facts = make_facts()
        unread = object.__new__(CallFacts)  # as the replay of an older record gives it
        for name in ("at", "filing"):
            object.__setattr__(unread, name, getattr(facts, name))

        assert plan_of(unread, book) is book.before_call(facts.at).plain


class TestStanding:
    def test_keeps_alive_whatever_its_key_names_by_identity(self) -> None:
        facts = make_facts()

        stands = standing(facts, BEIJING)

        assert stands is not None
        key, kept = stands
        assert isinstance(key, tuple)
        assert key[1 : len(kept) + 1] == tuple(map(id, kept))

    def test_knows_the_same_instant_by_another_object(self) -> None:
        facts = make_facts()
        at = facts.at.replace()
        again = replace(facts, at=at)

        assert at is not facts.filing.at
        assert standing(again, BEIJING) == standing(facts, BEIJING) is not None


class TestSight:
    def test_shows_the_local_day_and_nothing_finer(self) -> None:
        call, filing = sight(make_facts(), BEIJING)

        assert BEIJING.day(call.at) == BEIJING.day(filing.at) == BEIJING.day(WORKDAY_MORNING)
        for look in (
            lambda: BEIJING.split(call.at),
            lambda: call.at == filing.at,
            lambda: call.at != filing.at,
            lambda: call.at < WORKDAY_MORNING,
            lambda: call.at >= WORKDAY_MORNING,
            lambda: call.at - WORKDAY_MORNING,
            lambda: WORKDAY_MORNING - call.at,
            lambda: call.at + timedelta(days=1),
            lambda: call.at.hour,
            lambda: {call.at},
        ):
            with pytest.raises((TypeError, AttributeError)):
                look()

    @pytest.mark.parametrize("hidden", ["consents", "seat", "line", "attempts"])
    def test_shows_nothing_else_of_the_call(self, hidden: str) -> None:
        call, _ = sight(make_facts(attempts=(make_attempt(),)), BEIJING)

        with pytest.raises(AttributeError):
            getattr(call, hidden)

    @pytest.mark.parametrize("hidden", ["digest", "vacant_at", "checked_at"])
    def test_shows_nothing_that_is_the_person_s_own(self, hidden: str) -> None:
        call, _ = sight(make_facts(), BEIJING)

        with pytest.raises(AttributeError):
            getattr(call.callee, hidden)


class TestRules:
    """A rule that looks further fails there and then: none may soften that."""

    @pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
    def test_look_at_facts_plainly(self, path: Path) -> None:
        tree = ast.parse(path.read_text(encoding="utf-8"))

        names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}

        assert not names & {"getattr", "hasattr", "vars", "type", "id", "repr"}
        assert not [node for node in ast.walk(tree) if isinstance(node, ast.Try)]
