"""Complaints are answered in time, or the campaign that they are about waits."""

from dataclasses import dataclass

from compliance.rulebook.decision import ALLOW, Answer, Reason, refuse
from compliance.rulebook.facts import FilingFacts
from compliance.rulebook.local import LocalClock
from compliance.rulebook.rule import filing_rule
from compliance.rulebook.stated import Stated

UNKNOWN = Reason(
    code="complaints_unknown",
    zh="无法查明有无逾期未结的投诉，不得外呼。",
    en="It could not be found out whether a complaint is overdue; no call is placed.",
)
OVERDUE = Reason(
    code="complaint_overdue",
    zh="有 {count} 件投诉到期未办结（最早 {due}），外呼任务停呼。",
    en="{count} complaint(s) about it are due and not closed (first on {due}); it waits.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """How many working days a complaint may take."""

    clock: LocalClock
    internal_days: int  # until we have found out ourselves what happened
    escalate_day: int
    due_day: int  # the campaign waits from this day on


def _clocks(stated: Stated) -> Clocks:
    stated.only("internal_days", "escalate_day", "due_day")
    clocks = Clocks(
        clock=stated.clock,
        internal_days=stated.number("internal_days"),
        escalate_day=stated.number("escalate_day"),
        due_day=stated.number("due_day"),
    )
    if not clocks.internal_days <= clocks.escalate_day <= clocks.due_day:
        raise ValueError("The clocks of a complaint must run out one after the other.")
    return clocks


@filing_rule(UNKNOWN, OVERDUE, params=_clocks)
def answered_in_time(facts: FilingFacts, params: Clocks) -> Answer:
    """Refuse from the day on which an open complaint about the campaign is due."""
    if facts.complaints_due is None:
        return refuse(UNKNOWN)
    if not facts.complaints_due:
        return ALLOW
    today = params.clock.day(facts.at)
    due = [day for day in facts.complaints_due if day.toordinal() <= today]
    if not due:
        return ALLOW
    return refuse(OVERDUE, count=len(due), due=min(due).isoformat())
