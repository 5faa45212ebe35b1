"""Good calls, and every step by which a single fact of theirs gets worse."""

import types
from collections.abc import Iterator
from dataclasses import dataclass, is_dataclass, replace
from datetime import timedelta
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

from compliance.books import book
from compliance.rulebook.decision import Decision, Verdict
from compliance.rulebook.engine import decide_once
from compliance.rulebook.facts import (
    AbandonmentFacts,
    CallFacts,
    ChosenTimeFacts,
    QuietFacts,
    UseFacts,
)
from tests.compliance.rulebook.american import NOON, american
from tests.compliance.rulebook.build import (
    make_attempt,
    make_calendar,
    make_consent,
    make_facts,
    make_lift,
    make_refusal,
    make_resume,
    make_suspension,
)
from tests.compliance.rulebook.directions import DIRECTIONS
from tests.compliance.rulebook.filings import make_external_list
from tests.compliance.rulebook.instants import WORKDAY_MORNING, local_date
from tests.compliance.rulebook.ladders import Unordered, Worse

DAY = timedelta(days=1)
Way = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """A field that is worse in some direction, and the way to it from the call's facts."""

    way: Way
    kind: type
    may_be_none: bool
    direction: Worse | Unordered

    def rungs(self, facts: CallFacts) -> tuple[Any, ...]:
        """Return values worse than the one that the field has; none if nothing holds the field."""
        holder = held(facts, self.way[:-1])
        value = getattr(holder, self.way[-1], None)
        if holder is None:
            return ()
        if isinstance(self.direction, Unordered):
            return (None,) if self.may_be_none and value is not None else ()
        if value is None and self.direction.none_is_worst and self.may_be_none:
            return ()
        rungs = tuple(rung for rung in self.direction.rungs(value) if rung != value)
        return (*rungs, None) if self.may_be_none and self.direction.none_is_worst else rungs


def leaves(kind: type, way: Way = ()) -> Iterator[Leaf]:
    """Yield every field below a record; of many records, those of the first."""
    for name, hint in get_type_hints(kind).items():
        options = get_args(hint) if get_origin(hint) is types.UnionType else (hint,)
        inner = next(one for one in options if one is not types.NoneType)
        many = get_origin(inner) is tuple
        record = get_args(inner)[0] if many else inner
        is_record = is_dataclass(record) and isinstance(record, type)
        direction = DIRECTIONS[kind].get(name)
        if direction is None:
            assert is_record, f"{kind.__name__}.{name}: state in directions.py which way is worse."
            assert not many
            direction = Unordered("its fields have directions of their own")
        yield Leaf(
            way=(*way, name),
            kind=kind,
            may_be_none=types.NoneType in options,
            direction=direction,
        )
        if is_record:
            assert isinstance(record, type)
            yield from leaves(record, (*way, name))


def held(record: Any, way: Way) -> Any:
    """Return what is at the end of the way; None if it breaks off."""
    for name in way:
        record = getattr(record, name, None)
        if isinstance(record, tuple):
            record = record[0] if record else None
    return record


def put(record: Any, way: Way, value: Any) -> Any:
    """Return a copy with the value at the end of the way."""
    name, *rest = way
    if not rest:
        return replace(record, **{name: value})
    inner = getattr(record, name)
    if isinstance(inner, tuple):
        return replace(record, **{name: (put(inner[0], tuple(rest), value), *inner[1:])})
    return replace(record, **{name: put(inner, tuple(rest), value)})


def judged(name: str, facts: CallFacts) -> Decision:
    """Decide what has become of one of the good calls, by the book of its country."""
    return decide_once(facts, book("us" if name in AMERICAN else "cn13"))


def allowed(name: str, facts: CallFacts) -> bool:
    return judged(name, facts).verdict is Verdict.ALLOW


def good(purpose: str = "P3", **changes: Any) -> CallFacts:
    """Return an allowed call with something in every list of facts."""
    day = local_date(WORKDAY_MORNING)
    elsewhere = QuietFacts(id=1, first_day=day, last_day=day, provinces=("CN-TJ",))
    settled = make_suspension(resumed=make_resume())
    lifted = make_refusal(everywhere=True, same_industry=True, lift=make_lift())
    rich: dict[str, Any] = {
        "refusals": (lifted,),
        "attempts": (make_attempt(at=WORKDAY_MORNING - 50 * DAY, purpose=purpose, consent_id=4),),
        "filing__suspensions": (settled,),
        "filing__external_lists": (make_external_list(),),
        "calendar": make_calendar(quiet=(elsewhere,)),
        "chosen_times": (
            ChosenTimeFacts(
                from_at=WORKDAY_MORNING - DAY / 24, until_at=WORKDAY_MORNING + DAY / 24
            ),
        ),
    }
    return make_facts(purpose=purpose, **(rich | changes))


ROBOT: dict[str, Any] = {
    "consents": (make_consent(ai_allowed=True, sensitive_allowed=True),),
    "filing__sensitive_data": True,
    "filing__robot": True,
    "filing__says_machine": True,
    "filing__offers_person": True,
}
AMERICAN = {
    "an American's sale": american(
        refusals=(make_refusal(everywhere=True, same_industry=True, lift=make_lift()),),
        attempts=(make_attempt(at=NOON - 50 * DAY, purpose="P1"),),
        filing__external_lists=(make_external_list(),),
        filing__suspensions=(make_suspension(resumed=make_resume()),),
    ),
    "an American's robot": american(
        filing__robot=True,
        filing__says_machine=True,
        consents=(make_consent(purpose="P1", ai_allowed=True, given_at=NOON - DAY),),
    ),
}
GOOD = AMERICAN | {
    "a talk with a customer": good(),
    "a call-back": good("P2"),
    "a contract": good("P4"),
    "a debt": good("P5"),
    "a robot": good(**ROBOT),
    "own customers": good(filing__regime="self_use"),
    "an insurer": good(
        filing__industry="insurance",
        filing__renews_policies=True,
        consents=(make_consent(policy_ends_on=local_date(WORKDAY_MORNING + 20 * DAY)),),
    ),
    "several consents": good(consents=(make_consent(), make_consent(id=12))),
    "others' refusals and calls": good(
        refusals=(make_refusal(same_principal=False, purpose="P6"),),
        attempts=(make_attempt(same_principal=False, purpose="P6", rang=False),),
    ),
    "caps almost used": good(
        callee__checked_at=WORKDAY_MORNING,
        filing__caller__replaces=True,
        filing__caller__change_approved=True,
        seat__hour=UseFacts(count=24, oldest_at=WORKDAY_MORNING - DAY / 48),
        seat__day=UseFacts(count=24, oldest_at=WORKDAY_MORNING - DAY / 48),
        line__caller_day=UseFacts(count=24, oldest_at=WORKDAY_MORNING - DAY / 48),
        filing__abandonment=AbandonmentFacts(
            answered_day=1000, abandoned_day=9, answered_month=1000, abandoned_month=9
        ),
    ),
}
LEAVES = tuple(leaves(CallFacts))


@cache
def steps(name: str) -> list[tuple[Leaf, Any, Decision]]:
    """Return each worse fact that a good call may have, and what the book says then."""
    facts = GOOD[name]
    return [
        (leaf, rung, judged(name, put(facts, leaf.way, rung)))
        for leaf in LEAVES
        for rung in leaf.rungs(facts)
    ]
