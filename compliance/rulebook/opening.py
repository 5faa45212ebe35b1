"""Opening hours: the spans of a day in which a phone may ring, and the search for the next one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from compliance.rulebook.dated import minutes
from compliance.rulebook.facts import PURPOSES, CalendarFacts
from compliance.rulebook.local import DAY_SECONDS, LocalClock
from compliance.rulebook.stated import Stated, names

Spans = tuple[tuple[int, int], ...]  # seconds since local midnight, ends excluded, ascending
ALL_DAY: Spans = ((0, DAY_SECONDS),)
WORKDAY, OFFDAY, UNKNOWN_DAY = "w", "o", "?"


def spans(texts: Any) -> Spans:
    """Read a list such as ["09:00-12:00", "14:00-20:00"].

    :raises ValueError: if a window is malformed, or two of them overlap
    """
    if not isinstance(texts, list):
        raise ValueError(f"{texts!r} is not a list of time windows.")
    read = tuple((first * 60, last * 60) for first, last in map(minutes, texts))
    if any(end > start for (_, end), (start, _) in pairwise(read)):
        raise ValueError(f"{texts!r} overlap or are out of order.")
    return read


def text(open_: Spans) -> str:
    """Write spans for a reader."""
    return ", ".join(f"{_clock_text(first)}-{_clock_text(last)}" for first, last in open_)


def _clock_text(second: int) -> str:
    return f"{second // 3600:02}:{second // 60 % 60:02}"


def both(one: Spans, other: Spans) -> Spans:
    """Return the time that lies in both."""
    overlaps = ((max(a, c), min(b, d)) for a, b in one for c, d in other)
    return tuple((first, last) for first, last in overlaps if first < last)


def outside(closed: Spans) -> Spans:
    """Return the rest of the day."""
    edges = [0, *(edge for span in closed for edge in span), DAY_SECONDS]
    pairs = zip(edges[::2], edges[1::2], strict=True)
    return tuple((first, last) for first, last in pairs if first < last)


def moved(open_: Spans, *, later: int, shorter: int) -> Spans:
    """Return the spans `later` seconds later that day, each ending `shorter` seconds sooner."""
    return both(ALL_DAY, tuple((first + later, last + later - shorter) for first, last in open_))


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyHours:
    """Hours that are the same every day."""

    clock: LocalClock
    open: Mapping[str, Spans]  # by purpose

    def next_opening(self, purpose: str, at: datetime) -> datetime | None:
        """Return the next instant after `at` at which a span begins; None if there is none."""
        day, second = self.clock.split(at)
        starts = [first for first, _ in self.open[purpose]]
        today = [first for first in starts if first > second]
        if today:
            return self.clock.instant(day, today[0])
        return self.clock.instant(day + 1, starts[0]) if starts else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """Hours that depend on the kind of the day."""

    clock: LocalClock
    open: Mapping[str, Mapping[str, Spans]]  # by the day's letter, then by purpose

    def next_opening(self, purpose: str, at: datetime, calendar: CalendarFacts) -> datetime | None:
        """Return the next instant after `at` at which a span begins.

        It is None if a day of unknown kind comes first, and the end of the calendar if that does.
        """
        today, second = self.clock.split(at)
        first_day = calendar.first_day.toordinal()
        for day in range(today, first_day + len(calendar.days)):
            kind = day_kind(calendar, day)
            if kind == UNKNOWN_DAY:
                return None
            for first, _ in self.open[kind][purpose]:
                if day > today or first > second:
                    return self.clock.instant(day, first)
        return self.clock.instant(first_day + len(calendar.days), 0)


def day_kind(calendar: CalendarFacts, day: int) -> str:
    """Return the letter of a day; a day that the calendar does not know is "?"."""
    index = day - calendar.first_day.toordinal()
    if not 0 <= index < len(calendar.days):
        return UNKNOWN_DAY
    letter = calendar.days[index]
    return letter if letter in (WORKDAY, OFFDAY) else UNKNOWN_DAY


def is_open(open_: Iterable[tuple[int, int]], second: int) -> bool:
    """Return whether `second` lies in one of the spans."""
    return any(first <= second < last for first, last in open_)


def daily_hours(stated: Stated) -> DailyHours:
    """Read one list of windows for each purpose."""
    return DailyHours(clock=stated.clock, open=stated.by_purpose(spans))


def rest_hours(stated: Stated) -> DailyHours:
    """Read a daily rest, from which some purposes are exempt, as the hours outside it."""
    stated.only("closed", "exempt")
    exempt = names(stated.table["exempt"])
    awake = outside(spans(stated.table["closed"]))
    open_ = {purpose: ALL_DAY if purpose in exempt else awake for purpose in PURPOSES}
    return DailyHours(clock=stated.clock, open=open_)


def offday_hours(stated: Stated) -> Timetable:
    """Read the windows of days off; a workday is open throughout."""
    return Timetable(
        clock=stated.clock,
        open={WORKDAY: dict.fromkeys(PURPOSES, ALL_DAY), OFFDAY: stated.by_purpose(spans)},
    )


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
        open={kind: _combined(*daily, by_kind[kind]) for kind in (WORKDAY, OFFDAY)},
    )


def _combined(first: Mapping[str, Spans], *others: Mapping[str, Spans]) -> dict[str, Spans]:
    combined = dict(first)
    for hours in others:
        combined = {purpose: both(open_, hours[purpose]) for purpose, open_ in combined.items()}
    return combined
