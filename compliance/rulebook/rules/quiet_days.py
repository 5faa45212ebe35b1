"""Quiet days 静默日: examinations, mourning, a disaster where the callee may be."""

from dataclasses import dataclass
from datetime import date

from compliance.rulebook.decision import ALLOW, NOT_APPLICABLE, Answer, Reason, defer, refuse
from compliance.rulebook.facts import CallFacts, QuietFacts
from compliance.rulebook.local import LocalClock
from compliance.rulebook.rule import call_rule
from compliance.rulebook.stated import Stated
from compliance.rulebook.unknowns import CALENDAR_UNKNOWN, LOCALITY_UNKNOWN

QUIET_DAY = Reason(
    code="quiet_day",
    zh="今天是静默日（考试、公祭或突发事件），直至 {first_day} 不外呼。",
    en="Today is a quiet day (examination, mourning or emergency); no calls before {first_day}.",
)
ANYWHERE = "CN-*"
MOST_DAYS = 366  # in a row; nobody declares a longer quiet


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietParams:
    """Quiet days of every year, everywhere, and the purposes that go on."""

    clock: LocalClock
    yearly: frozenset[tuple[int, int]]  # month, day
    exempt: frozenset[str]


def _params(stated: Stated) -> QuietParams:
    stated.only("yearly", "exempt")
    days = [date.fromisoformat(f"2000-{text}") for text in stated.names("yearly")]
    return QuietParams(
        clock=stated.clock,
        yearly=frozenset((day.month, day.day) for day in days),
        exempt=stated.names("exempt"),
    )


@call_rule(CALENDAR_UNKNOWN, LOCALITY_UNKNOWN, QUIET_DAY, params=_params)
def not_quiet(facts: CallFacts, params: QuietParams) -> Answer:
    """Defer to the first local midnight after which no place of the callee is quiet."""
    if facts.calendar is None:
        return refuse(CALENDAR_UNKNOWN)
    if not facts.callee.provinces:
        return refuse(LOCALITY_UNKNOWN)
    if facts.filing.purpose in params.exempt:
        return NOT_APPLICABLE
    quiet = [each for each in facts.calendar.quiet if _there(each, facts.callee.provinces)]
    today = day = params.clock.day(facts.at)
    while day - today <= MOST_DAYS and _is_quiet(day, quiet, params):
        day += 1
    if day == today:
        return ALLOW
    return defer(
        params.clock.instant(day, 0), QUIET_DAY, first_day=date.fromordinal(day).isoformat()
    )


def _there(quiet: QuietFacts, provinces: tuple[str, ...]) -> bool:
    places = quiet.provinces
    return ANYWHERE in places or ANYWHERE in provinces or not set(places).isdisjoint(provinces)


def _is_quiet(ordinal: int, quiet: list[QuietFacts], params: QuietParams) -> bool:
    day = date.fromordinal(ordinal)
    if (day.month, day.day) in params.yearly:
        return True
    return any(each.first_day <= day <= each.last_day for each in quiet)
