"""Every objection that a rule can make is made for some call: none is there for show."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from typing import Any

from compliance.books import book
from compliance.rulebook.engine import decide_once
from compliance.rulebook.facts import PURPOSES, CallFacts, UseFacts
from tests.compliance.rulebook.build import (
    make_attempt,
    make_calendar,
    make_consent,
    make_facts,
    make_resume,
    make_suspension,
)
from tests.compliance.rulebook.downhill import AMERICAN, GOOD, steps
from tests.compliance.rulebook.instants import WORKDAY_MORNING, beijing, local_date

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TODAY = local_date(WORKDAY_MORNING)
ANY_PURPOSE = (*PURPOSES, "P9")
TIMES = ("04:00", "08:40", "10:00", "12:30", "17:45", "19:30", "20:58", "21:45")
PLACES = (("CN-BJ",), ("CN-XJ",), ("CN-NX",), ("CN-GD", "CN-TJ"), ("CN-*",), ())


def calls() -> Iterator[CallFacts]:
    """Yield calls of every purpose at odd times, in odd places, and in odd trades."""
    for purpose, time, places in product(ANY_PURPOSE, TIMES, PLACES):
        at = beijing(f"2026-03-11 {time}")
        for days in ("w" * 45, "o" * 45, "?" * 45):
            calendar = make_calendar(at=at, days=days)
            yield make_facts(at=at, purpose=purpose, callee__provinces=places, calendar=calendar)
        yield make_facts(at=at, purpose=purpose, callee__provinces=places, calendar=None)
    industries = (*book().words("industry"), "anything")
    for purpose, industry, regime in product(
        ANY_PURPOSE, industries, ("b24_operator", "self_use", "carrier_agent")
    ):
        changes = {"filing__industry": industry, "filing__regime": regime}
        yield make_facts(purpose=purpose, **changes)
        yield make_facts(purpose=purpose, filing__robot=True, **changes)
    for purpose, others in product(ANY_PURPOSE, OTHERS):
        yield make_facts(purpose=purpose, **others)


def _hours_ago(*hours: float, **changes: Any) -> dict[str, Any]:
    calls_ = tuple(make_attempt(at=WORKDAY_MORNING - h * HOUR, **changes) for h in hours)
    return {"attempts": calls_}


OTHERS: tuple[dict[str, Any], ...] = (
    {"attempts": None, "callee__provinces": ("CN-NX",)},
    {"calendar": None, "callee__provinces": ("CN-NX",)},
    _hours_ago(*range(1, 20), answered=True, purpose="P5") | {"callee__provinces": ("CN-NX",)},
    _hours_ago(0.5, 1, 1.5, answered=True, conversation=True, purpose="P5"),
    _hours_ago(*(n / 20 for n in range(20)), purpose="P5"),
    _hours_ago(0.5, 1, 1.5, answered=True, purpose="P5") | {"callee__provinces": ("CN-NX",)},
    _hours_ago(0.2, answered=True, conversation=True, purpose="P3"),
    _hours_ago(0.2, answered=True, conversation=True, purpose="P2"),
    _hours_ago(5, 30, answered=True),
    _hours_ago(5, 30, rejected=True),
    {"filing__suspensions": (make_suspension(resumed=make_resume()),) * 3},
    {
        "filing__robot": True,
        "line__caller_day": UseFacts(count=10**6, oldest_at=WORKDAY_MORNING - HOUR),
    },
    _hours_ago(0.1, answered=True, conversation=True, purpose="P2", consent_id=11),
    {
        "filing__industry": "insurance",
        "filing__renews_policies": True,
        "consents": (make_consent(policy_ends_on=TODAY + 300 * DAY),),
    },
    {"health__clock_kind": "demo", "health__carrier_trunks": 1},
    {"health__clock_kind": "sundial"},
    {"filing__at": WORKDAY_MORNING + HOUR},
    {"filing__caller": None, "filing__industry": "telecom", "filing__regime": "carrier_agent"},
    {"filing__regime": None, "filing__industry": "telecom"},
    {"filing__industry": "card", "callee__provinces": ("CN-ZJ",)},
    {"filing__industry": "education", "callee__age_group": "under_18"},
    {"filing__licence__kind": "B25"},
    {"filing__author": 1, "filing__approver": 1},
    {"filing__script__author": 2, "filing__script__approver": 2},
    {"filing__trunk__kind": "sim_bank"},
    {"filing__caller__others_marked_on": (TODAY - DAY,), "filing__caller__in_use_since": TODAY},
    {"filing__caller__number": "+8613800138000", "filing__caller__number_class": "mobile"},
    {"filing__caller__number": "17012345678"},
    {"filing__caller__number": "4001234567"},
)
# An overlay is asked only about the purposes that it names and with the hours that it states, and
# two lists of the pack name nobody so far: other books are asked about those, in other tests.
NEVER_IN_THIS_BOOK = {
    ("CN13-FRQ-01.ningxia", "purpose_unknown"),
    ("CN13-NUM-12", "holder_unchecked"),
    ("CN13-REF-08", "list_required"),
    ("CN13-TIM-01.insurance", "purpose_unknown"),
    ("CN13-TIM-02.ningxia", "purpose_unknown"),
    ("CN13-TIM-04.ningxia", "day_off"),
    ("CN13-TIM-04.ningxia", "day_unannounced"),
    ("CN13-TIM-04.ningxia", "purpose_unknown"),
    ("CN13-TIM-07", "province_closed"),
    ("CN13-TIM-07", "purpose_unknown"),
}


class TestReasons:
    def test_are_each_given_for_some_call(self) -> None:
        stepped = [decision for name in GOOD.keys() - AMERICAN for _, _, decision in steps(name)]
        decisions = [*stepped, *(decide_once(facts, book()) for facts in calls())]
        given = {
            (finding.rule_id, finding.answer.reason)
            for decision in decisions
            for finding in decision.objections
        }
        known = {(rule.id, code) for rule in book().rules() for code in rule.rule.reasons}

        assert given <= known
        assert known - given == NEVER_IN_THIS_BOOK, "add a call to OTHERS that is told so"
