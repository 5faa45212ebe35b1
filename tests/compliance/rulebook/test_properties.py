"""What must hold for all rules together: knowing less, or a stricter book, never helps a call."""

import types
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.books import book
from compliance.rulebook.book import Book
from compliance.rulebook.decision import Verdict
from compliance.rulebook.engine import decide
from compliance.rulebook.facts import CallFacts, UseFacts
from tests.compliance.rulebook.asking import other_book
from tests.compliance.rulebook.build import (
    make_attempt,
    make_consent,
    make_facts,
    make_lift,
    make_refusal,
)
from tests.compliance.rulebook.changing import changed
from tests.compliance.rulebook.instants import WORKDAY_MORNING
from tests.compliance.rulebook.strategies import call_facts

unhurried = settings(deadline=None)
STRICTNESS = {Verdict.ALLOW: 0, Verdict.DEFER: 1, Verdict.REFUSE: 2}


def allowed(facts: CallFacts, rules: Book | None = None) -> bool:
    return decide(facts, rules or book()).verdict is Verdict.ALLOW


def unknowable(kind: type, way: str = "") -> Iterator[str]:
    """Yield every fact that may be None because it could not be found out."""
    for name, hint in get_type_hints(kind).items():
        options = get_args(hint) if get_origin(hint) is types.UnionType else (hint,)
        if types.NoneType in options:
            yield f"{way}{name}"
        for option in options:
            if is_dataclass(option) and isinstance(option, type):
                yield from unknowable(option, f"{way}{name}__")


# "Nobody has used it yet" and "it never happened" are facts too; what counts as unknown is a
# count without its oldest.
NEVER_HAPPENED = (
    "oldest_at",
    "vacant_at",
    "checked_at",
    "last_rang_at",
    "last_talk_ended_at",
)
UNKNOWABLE = [path for path in unknowable(CallFacts) if not path.endswith(NEVER_HAPPENED)]
NOT_NEEDED = {
    # A business that calls its own customers needs no licence and no mandate.
    "self_use": {"filing__licence", "filing__mandate"},
}


class TestUnknown:
    def test_covers_every_fact_that_can_be_missing(self) -> None:
        assert set(UNKNOWABLE) == {
            "filing__regime",
            "filing__licence",
            "filing__script_offers",
            "filing__sensitive_data",
            "filing__channels",
            "filing__external_lists",
            "callee__external_lists",
            "filing__author",
            "filing__approver",
            "filing__mandate",
            "filing__trunk",
            "filing__caller",
            "filing__caller__called_back_on",
            "filing__deployment",
            "filing__contracts_ended",
            "filing__complaints_due",
            "filing__suspensions",
            "filing__script",
            "filing__script__faults",
            "filing__lists",
            "callee__canary",
            "callee__protected",
            "filing__abandonment",
            "whitelist_version",
            "consents",
            "refusals",
            "attempts",
            "chosen_times",
            "seat",
            "seat__ready_at",
            "seat__on_duty_since",
            "seat__outlet__inspected_on",
            "seat__trained_on",
            "line",
            "calendar",
            "health__clock_skew_ms",
            "health__carrier_trunks",
            "health__audit_writable",
            "health__ledger_readable",
            "health__sealing_lag_s",
            "health__sealing_stop",
        }

    @pytest.mark.parametrize("path", UNKNOWABLE)
    def test_refuses_an_otherwise_good_call(self, path: str) -> None:
        decision = decide(make_facts(**{path: None}), book())

        assert decision.verdict is Verdict.REFUSE

    @unhurried
    @given(facts=call_facts(), path=st.sampled_from(UNKNOWABLE))
    def test_never_turns_an_objection_into_an_allowance(self, facts: CallFacts, path: str) -> None:
        lost = changed(facts, {path: None})

        assert not allowed(lost) or path in NOT_NEEDED.get(facts.filing.regime or "", ())

    @pytest.mark.parametrize("path", [field.name for field in fields(CallFacts)])
    def test_cannot_be_left_unsaid(self, path: str) -> None:
        values = {f.name: getattr(make_facts(), f.name) for f in fields(CallFacts)}
        del values[path]

        with pytest.raises(TypeError):
            CallFacts(**values)


def _with_refusal(facts: CallFacts) -> CallFacts:
    assert facts.refusals is not None
    return replace(facts, refusals=(*facts.refusals, make_refusal(at=facts.at)))


def _without_a_consent(facts: CallFacts) -> CallFacts:
    assert facts.consents is not None
    return replace(facts, consents=facts.consents[1:])


def _withdrawn(facts: CallFacts) -> CallFacts:
    assert facts.consents is not None
    gone = tuple(replace(consent, withdrawn_at=facts.at) for consent in facts.consents)
    return replace(facts, consents=gone)


def _one_call_more(facts: CallFacts) -> CallFacts:
    assert facts.attempts is not None
    more = make_attempt(at=facts.at - timedelta(minutes=30), purpose=facts.filing.purpose)
    return replace(facts, attempts=(*facts.attempts, more))


def _busier_seat(facts: CallFacts) -> CallFacts:
    assert facts.seat is not None
    use = UseFacts(count=facts.seat.hour.count + 1, oldest_at=facts.at)
    return changed(facts, {"seat__hour": use})


def _stopped(facts: CallFacts) -> CallFacts:
    return changed(facts, {"health__stopped": ("platform",)})


def _perhaps_in_xinjiang(facts: CallFacts) -> CallFacts:
    return changed(facts, {"callee__provinces": (*facts.callee.provinces, "CN-XJ")})


WORSE: list[Callable[[CallFacts], CallFacts]] = [
    _with_refusal,
    _without_a_consent,
    _withdrawn,
    _one_call_more,
    _busier_seat,
    _stopped,
    _perhaps_in_xinjiang,
]


class TestWorse:
    @unhurried
    @given(facts=call_facts(), worse=st.sampled_from(WORSE))
    def test_facts_never_turn_an_objection_into_an_allowance(
        self, facts: CallFacts, worse: Callable[[CallFacts], CallFacts]
    ) -> None:
        first, second = decide(facts, book()), decide(worse(facts), book())

        assert STRICTNESS[second.verdict] >= min(STRICTNESS[first.verdict], 1)

    @pytest.mark.parametrize("worse", [_with_refusal, _without_a_consent, _withdrawn, _stopped])
    def test_facts_end_a_good_call(self, worse: Callable[[CallFacts], CallFacts]) -> None:
        assert allowed(make_facts())
        assert decide(worse(make_facts()), book()).verdict is Verdict.REFUSE


def _narrow(rule_id: str, purpose: str, windows: list[str]) -> Book:
    def change(pack: dict[str, Any]) -> None:
        pack["rules"][rule_id]["params"][0][purpose] = windows

    return other_book(change)


@cache
def narrower(rule_id: str, purpose: str) -> Book:
    windows = {"CN13-TIM-01": ["09:30-16:00"], "CN13-TIM-02": ["10:00-15:00"]}
    return _narrow(rule_id, purpose, windows.get(rule_id, []))


class TestStricterBook:
    @unhurried
    @given(
        facts=call_facts(),
        rule_id=st.sampled_from(["CN13-TIM-01", "CN13-TIM-02", "CN13-TIM-04"]),
    )
    def test_never_turns_an_objection_into_an_allowance(
        self, facts: CallFacts, rule_id: str
    ) -> None:
        stricter = narrower(rule_id, facts.filing.purpose)

        assert allowed(facts) or not allowed(facts, stricter)


class TestFindings:
    @unhurried
    @given(facts=call_facts())
    def test_say_why_and_when(self, facts: CallFacts) -> None:
        decision = decide(facts, book())

        for finding in decision.objections:
            rule = book().rule(finding.rule_id)
            assert rule is not None
            said = rule.reason(finding.answer.reason)
            assert said is not None
            for language in ("zh", "en"):
                assert said.sentence(language=language, values=dict(finding.answer.values))
        if decision.retry_at is not None:
            assert decision.retry_at > facts.at
        assert (decision.verdict is Verdict.DEFER) == (decision.retry_at is not None)
        assert decide(facts, book()) == decision


AGO = {minutes: WORKDAY_MORNING - timedelta(minutes=minutes) for minutes in (1, 15, 20, 25, 29)}
FLAWS: list[dict[str, Any]] = [
    {},
    {},
    {},
    {"on_whitelist": False},
    {"evidenced": False},
    {"form_reviewed": False},
    {"sample": "missing"},
    {"sensitive_allowed": False},
    {"requested": False},
    {"expires_at": WORKDAY_MORNING},
    {"withdrawn_at": WORKDAY_MORNING},
]


@st.composite
def consented_calls(draw: st.DrawFn) -> CallFacts:
    """Draw a call that is good but for its consents, each of which may lack one thing."""
    purpose = draw(st.sampled_from(["P2", "P3", "P3"]))
    ends = st.sampled_from([None, date(2026, 4, 1), date(2026, 12, 1)])
    lifted = make_refusal(at=AGO[25], lift=make_lift(consent_given_at=AGO[15]))
    flaws = draw(st.lists(st.sampled_from(FLAWS), min_size=1, max_size=3))
    consents = tuple(
        make_consent(
            purpose=purpose,
            given_at=draw(st.sampled_from([AGO[1], AGO[15], AGO[29]])),
            policy_ends_on=draw(ends),
            **{"id": number, "sensitive_allowed": True} | flaw,
        )
        for number, flaw in enumerate(flaws)
    )
    return make_facts(
        purpose=purpose,
        consents=consents,
        filing__sensitive_data=draw(st.booleans()),
        filing__renews_policies=draw(st.booleans()),
        callee__vacant_at=draw(st.sampled_from([None, None, AGO[20]])),
        refusals=draw(st.sampled_from([(), (), (lifted,)])),
    )


class TestOneConsent:
    @settings(deadline=None, max_examples=200)
    @given(facts=consented_calls())
    def test_carries_every_call_that_several_carry(self, facts: CallFacts) -> None:
        """The gate names the one in the permit, and knows no call without it."""
        alone = [replace(facts, consents=(one,)) for one in facts.consents or ()]

        assert allowed(facts) == any(allowed(each) for each in alone)
