"""Opening hours: the spans of a day in which a phone may ring."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from compliance.rulebook.dated import minutes
from compliance.rulebook.facts import PURPOSES
from compliance.rulebook.local import DAY_SECONDS, LocalClock
from compliance.rulebook.stated import Stated, names

Spans = tuple[tuple[int, int], ...]  # seconds since local midnight, ends excluded, ascending
ALL_DAY: Spans = ((0, DAY_SECONDS),)


def spans(texts: Any) -> Spans:
    """Read a list such as ["09:00-12:00", "14:00-20:00"].

    :raises ValueError: if a window is malformed, or two of them overlap
    """
    if not isinstance(texts, list):
        raise TypeError(f"{texts!r} is not a list of time windows.")
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
