"""Hours that a province sets for one purpose, wherever the callee may be in it."""

from dataclasses import dataclass

from compliance.rulebook.decision import NOT_APPLICABLE, Answer, Reason
from compliance.rulebook.facts import PURPOSES, CallFacts
from compliance.rulebook.opening import spans
from compliance.rulebook.rule import call_rule
from compliance.rulebook.stated import Stated
from compliance.rulebook.timetable import OFFDAY, WORKDAY, Timetable
from compliance.rulebook.unknowns import CALENDAR_UNKNOWN, PURPOSE_UNKNOWN

PROVINCE_HOURS = Reason(
    code="province_hours",
    zh="被叫可能在对催收时段另有规定的省份，当地只可在 {hours} 外呼。",
    en="The callee may be in a province that sets its own hours for collection: {hours}.",
)
PROVINCE_CLOSED = Reason(
    code="province_closed",
    zh="被叫可能在今天不许催收外呼的省份。",
    en="The callee may be in a province that allows no collection calls today.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvinceHours:
    """One purpose's hours in some provinces."""

    purpose: str
    provinces: frozenset[str]
    timetable: Timetable


def _params(stated: Stated) -> ProvinceHours:
    stated.only("purpose", "provinces", "workday", "offday")
    if stated.table["purpose"] not in PURPOSES:
        raise ValueError(f"{stated.table['purpose']!r} is not a purpose.")
    days = ((WORKDAY, "workday"), (OFFDAY, "offday"))
    return ProvinceHours(
        purpose=stated.table["purpose"],
        provinces=stated.names("provinces"),
        timetable=Timetable(
            clock=stated.clock,
            open={kind: dict.fromkeys(PURPOSES, spans(stated.table[name])) for kind, name in days},
        ),
    )


@call_rule(CALENDAR_UNKNOWN, PURPOSE_UNKNOWN, PROVINCE_HOURS, PROVINCE_CLOSED, params=_params)
def hours(facts: CallFacts, params: ProvinceHours) -> Answer:
    """Defer outside the province's hours, if the callee may be there."""
    if facts.filing.purpose != params.purpose:
        return NOT_APPLICABLE
    if params.provinces.isdisjoint(facts.callee.provinces):
        return NOT_APPLICABLE
    return params.timetable.judge(facts, hours=PROVINCE_HOURS, closed=PROVINCE_CLOSED)
