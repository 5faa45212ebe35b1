"""Where the callee may be: in the far west, day begins two hours later by the sun."""

from dataclasses import dataclass

from compliance.rulebook.decision import ALLOW, Answer, Reason, refuse
from compliance.rulebook.facts import PURPOSES, CallFacts
from compliance.rulebook.opening import moved
from compliance.rulebook.rule import call_rule
from compliance.rulebook.stated import Stated, whole
from compliance.rulebook.timetable import Timetable, whole_timetable
from compliance.rulebook.unknowns import (
    CALENDAR_UNKNOWN,
    DAY_UNANNOUNCED,
    LOCALITY_UNKNOWN,
    PURPOSE_UNKNOWN,
)

LOCAL_HOURS = Reason(
    code="local_hours",
    zh="被叫可能在作息较晚的地区，当地只可在北京时间 {hours} 外呼。",
    en="The callee may be where the day runs later; calls there are made in {hours} Beijing time.",
)
LOCAL_DAY_OFF = Reason(
    code="local_day_off",
    zh="被叫可能在作息较晚的地区，当地今天不外呼。",
    en="The callee may be where the day runs later; no calls are made there today.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalityParams:
    """The provinces on Beijing hours, those on later ones, and the later hours."""

    ordinary: frozenset[str]
    later: frozenset[str]
    timetable: Timetable  # of the later provinces, in Beijing time


def _params(stated: Stated) -> LocalityParams:
    stated.only("ordinary", "later", "later_minutes")
    if stated.names("ordinary") & stated.names("later"):
        raise ValueError("A province is on ordinary hours or on later ones, not on both.")
    guard = whole(stated.used["guard"]["minutes"])
    later = stated.number("later_minutes") * 60
    beijing = whole_timetable(stated)
    return LocalityParams(
        ordinary=stated.names("ordinary"),
        later=stated.names("later"),
        timetable=Timetable(
            clock=stated.clock,
            open={
                kind: {
                    purpose: moved(by_purpose[purpose], later=later, shorter=guard * 60)
                    for purpose in PURPOSES
                }
                for kind, by_purpose in beijing.open.items()
            },
        ),
    )


@call_rule(
    LOCALITY_UNKNOWN,
    CALENDAR_UNKNOWN,
    DAY_UNANNOUNCED,
    PURPOSE_UNKNOWN,
    LOCAL_HOURS,
    LOCAL_DAY_OFF,
    params=_params,
)
def local_hours(facts: CallFacts, params: LocalityParams) -> Answer:
    """Defer unless it is calling time wherever the callee may be."""
    provinces = facts.callee.provinces
    if not provinces:
        return refuse(LOCALITY_UNKNOWN)
    if params.ordinary.issuperset(provinces):
        return ALLOW
    if not (params.ordinary | params.later).issuperset(provinces):
        return refuse(LOCALITY_UNKNOWN)
    return params.timetable.judge(facts, hours=LOCAL_HOURS, closed=LOCAL_DAY_OFF)
