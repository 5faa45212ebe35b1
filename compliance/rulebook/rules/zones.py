"""Calling hours by the clock on the callee's own wall, in a country of several zones.

A zone is an offset from UTC and whether it keeps daylight saving time; the dates of that are
numbers of the pack. Where the callee may be in several zones, it has to be calling time in all.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from compliance.rulebook.decision import ALLOW, Answer, Reason, defer, refuse
from compliance.rulebook.facts import CallFacts
from compliance.rulebook.opening import Spans, spans, text
from compliance.rulebook.rule import call_rule
from compliance.rulebook.stated import Stated, names, whole
from compliance.rulebook.unknowns import LOCALITY_UNKNOWN, PURPOSE_UNKNOWN

ZONE_UNKNOWN = Reason(
    code="zone_unknown",
    zh="规则集没有 {place} 的时区，当地几点无从得知。",
    en="The rulebook has no time zone for {place}, so the time there is unknown.",
)
OUTSIDE_THERE = Reason(
    code="outside_there",
    zh="被叫所在地现在不在可外呼时段（当地 {hours}）内。",
    en="It is outside calling hours where the callee may be ({hours} there).",
)
NEVER_THERE = Reason(
    code="never_there",
    zh="被叫可能所在的各地没有共同的可外呼时段。",
    en="There is no hour that is calling time in every place where the callee may be.",
)
DAY = timedelta(days=1)
LOOKS = 16  # more steps than any set of zones needs to agree


@dataclass(frozen=True, slots=True, kw_only=True)
class Daylight:
    """When clocks go forward and back: the n-th Sunday of a month, at an hour on the wall."""

    begins: tuple[int, int]  # month, which Sunday
    ends: tuple[int, int]
    hour: int
    gain: timedelta

    def holds(self, standard: datetime) -> bool:
        """Return whether it is summer at a reading of the clock that was never put forward."""
        begin = _sunday(standard.year, *self.begins) + timedelta(hours=self.hour)
        end = _sunday(standard.year, *self.ends) + timedelta(hours=self.hour) - self.gain
        return begin <= standard < end


def _sunday(year: int, month: int, which: int) -> datetime:
    first = datetime(year, month, 1, tzinfo=UTC)
    return first + timedelta(days=(6 - first.weekday()) % 7 + 7 * (which - 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """One zone; an instant plus its offset is what the wall shows."""

    standard: timedelta
    daylight: Daylight | None

    def offset(self, at: datetime) -> timedelta:
        """Return how far the wall is ahead of UTC at an instant."""
        if self.daylight is None or not self.daylight.holds(at + self.standard):
            return self.standard
        return self.standard + self.daylight.gain

    def opens(self, open_: Spans, at: datetime) -> datetime:
        """Return `at` if it lies in the spans there, or the next instant that does."""
        wall = at + self.offset(at)
        midnight = datetime(wall.year, wall.month, wall.day, tzinfo=UTC)
        second = (wall - midnight).seconds
        if any(first <= second < last for first, last in open_):
            return at
        starts = [timedelta(seconds=first) for first, _ in open_ if first > second]
        then = midnight + (starts[0] if starts else DAY + timedelta(seconds=open_[0][0]))
        return then - self.offset(then - self.standard)


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """The zones of each place."""

    zones: Mapping[str, frozenset[Zone]]


def _places(stated: Stated) -> Places:
    stated.only("zones", "places", "daylight")
    daylight = _daylight(stated.table["daylight"])
    zones = {name: _zone(row, daylight) for name, row in stated.table["zones"].items()}
    places = stated.table["places"]
    if not all(places.values()):
        raise ValueError("A place without a zone could be called at any hour.")
    return Places(
        zones={place: frozenset(zones[name] for name in names(places[place])) for place in places}
    )


def _daylight(row: Mapping[str, Any]) -> Daylight:
    begins, ends = row["begins"], row["ends"]
    return Daylight(
        begins=(whole(begins["month"], least=1), whole(begins["sunday"], least=1)),
        ends=(whole(ends["month"], least=1), whole(ends["sunday"], least=1)),
        hour=whole(row["hour"]),
        gain=timedelta(minutes=whole(row["minutes"], least=1)),
    )


def _zone(row: Mapping[str, Any], daylight: Daylight) -> Zone:
    return Zone(
        standard=timedelta(minutes=int(row["minutes"])),
        daylight=daylight if row["daylight"] is True else None,
    )


@call_rule(LOCALITY_UNKNOWN, ZONE_UNKNOWN, params=_places)
def known(facts: CallFacts, params: Places) -> Answer:
    """Refuse where the time on the callee's wall cannot be known."""
    if not facts.callee.provinces:
        return refuse(LOCALITY_UNKNOWN)
    for place in facts.callee.provinces:
        if place not in params.zones:
            return refuse(ZONE_UNKNOWN, place=place)
    return ALLOW


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalHours:
    """The hours of each purpose, to be read on the callee's wall."""

    open: Mapping[str, Spans]
    places: Places


def _hours(stated: Stated) -> LocalHours:
    return LocalHours(open=stated.by_purpose(spans), places=_places(stated.borrowed("zones")))


@call_rule(
    LOCALITY_UNKNOWN, ZONE_UNKNOWN, PURPOSE_UNKNOWN, OUTSIDE_THERE, NEVER_THERE, params=_hours
)
def hours_there(facts: CallFacts, params: LocalHours) -> Answer:
    """Defer unless it is calling time in every zone that the callee may be in."""
    unknown = known.check(facts, params.places)
    if unknown is not ALLOW:
        return unknown
    purpose = facts.filing.purpose
    open_ = params.open.get(purpose)
    if open_ is None:
        return refuse(PURPOSE_UNKNOWN, purpose=purpose)
    places = facts.callee.provinces
    zones = frozenset[Zone]().union(*(params.places.zones[place] for place in places))
    until = _agreed(zones, open_, facts.at) if open_ else None
    if until is None:
        return refuse(NEVER_THERE)
    return ALLOW if until == facts.at else defer(until, OUTSIDE_THERE, hours=text(open_))


def _agreed(zones: Iterable[Zone], open_: Spans, at: datetime) -> datetime | None:
    """Return the first instant from `at` on that is open in every zone."""
    for _ in range(LOOKS):
        later = max(zone.opens(open_, at) for zone in zones)
        if later == at:
            return at
        at = later
    return None
