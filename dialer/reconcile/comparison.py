"""Hold permits, the line's own count and the witnesses against one another; every odd one out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from dialer.reconcile.matching import Pairs, Seen, matched

PERMITS, LINE = "permits", "line"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """A permit that was redeemed, and when its INVITE left, or else when it was redeemed."""

    permit: str
    seen: Seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A call that the line put on the wire, with the permit that it says it had."""

    permit: str  # "": none
    seen: Seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmatched:
    """One call that somebody counted and somebody else did not."""

    side: str  # who counted it: permits, line, or a witness's name
    missing: tuple[str, ...]  # who did not
    seen: Seen
    permit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What came of it."""

    counts: Mapping[str, int]
    unmatched: tuple[Unmatched, ...]

    @property
    def unpermitted(self) -> tuple[Unmatched, ...]:
        """Return the calls that were on the wire without a permit."""
        return tuple(one for one in self.unmatched if PERMITS in one.missing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """From an instant up to, and without, another one."""

    since: datetime
    until: datetime

    def holds(self, seen: Seen) -> bool:
        """Return whether a call was in it."""
        return self.since <= seen.at < self.until

    def widened(self, by: timedelta) -> "Span":
        """Return the span with something on either side, where a partner may be."""
        return Span(since=self.since - by, until=self.until + by)


def compare(
    *,
    permits: Sequence[Spent],
    line: Sequence[Sent],
    witnesses: Mapping[str, Sequence[Seen]],
    span: Span,
    tolerance: timedelta,
    covers: Mapping[str, frozenset[str]] = MappingProxyType({}),
) -> Comparison:
    """Match every side with every other; what lies beyond the span is only somebody's partner.

    :param covers: the trunks that a witness has seen, where those are not all
    """
    sides = {PERMITS: [one.seen for one in permits], LINE: [one.seen for one in line]}
    sides |= {name: list(seen) for name, seen in witnesses.items()}
    named = {PERMITS: [one.permit for one in permits], LINE: [one.permit for one in line]}
    pairs = {(PERMITS, LINE): _by_permit(permits, line)}
    for name, seen in witnesses.items():
        for ours in (PERMITS, LINE):
            pairs[ours, name] = matched(sides[ours], seen, tolerance=tolerance)
    return Comparison(
        counts={name: sum(map(span.holds, seen)) for name, seen in sides.items()},
        unmatched=tuple(_odd_ones(sides, pairs, named, span, covers)),
    )


def _by_permit(permits: Sequence[Spent], line: Sequence[Sent]) -> Pairs:
    """Give each permit its one INVITE: the first that names it and goes where it allows."""
    open_permits = {one.permit: place for place, one in enumerate(permits)}
    pairs: Pairs = {}
    for place, one in sorted(enumerate(line), key=lambda item: item[1].seen.at):
        at = open_permits.get(one.permit)
        if at is not None and permits[at].seen.numbers == one.seen.numbers is not None:
            pairs[at] = place
            del open_permits[one.permit]
    return pairs


def _odd_ones(
    sides: Mapping[str, Sequence[Seen]],
    pairs: Mapping[tuple[str, str], Pairs],
    named: Mapping[str, Sequence[str]],
    span: Span,
    covers: Mapping[str, frozenset[str]],
) -> Iterator[Unmatched]:
    partners: dict[tuple[str, str], set[int]] = {}
    for (ours, theirs), found in pairs.items():
        partners[ours, theirs] = set(found)
        partners[theirs, ours] = set(found.values())
    for side, seen in sides.items():
        others = [theirs for ours, theirs in partners if ours == side]
        for place, one in enumerate(seen):
            lacking = (other for other in others if place not in partners[side, other])
            missing = tuple(other for other in lacking if _could_see(other, one, covers))
            if missing and span.holds(one):
                permit = named[side][place] if side in named else ""
                yield Unmatched(side=side, missing=missing, seen=one, permit=permit)


def _could_see(other: str, seen: Seen, covers: Mapping[str, frozenset[str]]) -> bool:
    return other not in covers or not seen.trunk or seen.trunk in covers[other]
