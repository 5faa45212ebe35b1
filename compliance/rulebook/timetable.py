"""Opening hours that depend on the kind of the day, and the search for the next opening."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from compliance.rulebook.decision import ALLOW, Answer, Reason, defer, refuse
from compliance.rulebook.facts import PURPOSES, CalendarFacts, CallFacts
from compliance.rulebook.local import LocalClock
from compliance.rulebook.opening import (
    ALL_DAY,
    Spans,
    both,
    daily_hours,
    rest_hours,
    spans,
    text,
)
from compliance.rulebook.stated import Stated
from compliance.rulebook.unknowns import CALENDAR_UNKNOWN, DAY_UNANNOUNCED, PURPOSE_UNKNOWN

WORKDAY, OFFDAY, UNKNOWN_DAY = "w", "o", "?"
OUTSIDE = ""  # of the calendar: such a day cannot be judged at all


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """Spans by the day's letter, then by purpose."""

    clock: LocalClock
    open: Mapping[str, Mapping[str, Spans]]

    def today(self, facts: CallFacts) -> Spans | Answer:
        """Return the spans of the call's day, or the refusal if they cannot be known."""
        if facts.calendar is None:
            return refuse(CALENDAR_UNKNOWN)
        by_purpose = self.open.get(day_kind(facts.calendar, self.clock.day(facts.at)))
        if by_purpose is None:
            return refuse(CALENDAR_UNKNOWN)
        purpose = facts.filing.purpose
        open_ = by_purpose.get(purpose)
        return refuse(PURPOSE_UNKNOWN, purpose=purpose) if open_ is None else open_

    def judge(self, facts: CallFacts, *, hours: Reason, closed: Reason) -> Answer:
        """Allow inside the day's spans; else wait for the next one, saying `hours` or `closed`.

        A day of a year without a notice is a day off, and a closed one says so.
        """
        calendar = facts.calendar
        if calendar is None:
            return refuse(CALENDAR_UNKNOWN)
        open_ = self.today(facts)
        if isinstance(open_, Answer):
            return open_
        second = (facts.at - self.clock.midnight).seconds
        for first, last in open_:
            if first <= second < last:
                return ALLOW
        until = self.next_opening(facts.filing.purpose, facts.at, calendar)
        if until is None:
            return refuse(CALENDAR_UNKNOWN)
        closed_by = DAY_UNANNOUNCED if self._unannounced(facts.at, calendar) else closed
        return defer(until, hours, hours=text(open_)) if open_ else defer(until, closed_by)

    def _unannounced(self, at: datetime, calendar: CalendarFacts) -> bool:
        return day_kind(calendar, self.clock.day(at)) == UNKNOWN_DAY

    def next_opening(self, purpose: str, at: datetime, calendar: CalendarFacts) -> datetime | None:
        """Return the next instant after `at` at which a span begins.

        It is None if a day that cannot be judged comes first, and the end of the calendar if that
        does.
        """
        today, second = self.clock.split(at)
        end = calendar.first_day.toordinal() + len(calendar.days)
        for day in range(today, end):
            by_purpose = self.open.get(day_kind(calendar, day))
            if by_purpose is None:
                return None
            for first, _ in by_purpose[purpose]:
                if day > today or first > second:
                    return self.clock.instant(day, first)
        return self.clock.instant(end, 0)


def day_kind(calendar: CalendarFacts, day: int) -> str:
    """Return the letter of a day; outside the calendar there is none."""
    index = day - calendar.first_day.toordinal()
    if not 0 <= index < len(calendar.days):
        return OUTSIDE
    return calendar.days[index]


def offday_hours(stated: Stated) -> Timetable:
    """Read the windows of days off; a workday is open throughout.

    A day that no notice covers yet is judged as a day off.
    """
    off = stated.by_purpose(spans)
    workday = dict.fromkeys(PURPOSES, ALL_DAY)
    return Timetable(clock=stated.clock, open={WORKDAY: workday, OFFDAY: off, UNKNOWN_DAY: off})


def whole_timetable(stated: Stated) -> Timetable:
    """Combine the borrowed envelope, windows, rest and days off into what is open on a day."""
    daily = (
        daily_hours(stated.borrowed("envelope")).open,
        daily_hours(stated.borrowed("windows")).open,
        rest_hours(stated.borrowed("rest")).open,
    )
    by_kind = offday_hours(stated.borrowed("offdays")).open
    return Timetable(
        clock=stated.clock,
        open={kind: _combined(open_, *daily) for kind, open_ in by_kind.items()},
    )


def _combined(*hours: Mapping[str, Spans]) -> dict[str, Spans]:
    combined = dict.fromkeys(PURPOSES, ALL_DAY)
    for table in hours:
        combined = {purpose: both(open_, table[purpose]) for purpose, open_ in combined.items()}
    return combined
