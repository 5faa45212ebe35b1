"""A person's whole time line, the newest first, a page at a time, with a proof for each line."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from audit.models import AuditEntry
from audit.proof_states import Sealed, sealed_among
from compliance.models import Decision, Person, User
from console.selectors.officer.lines import Line, Named, Place, Source, older_than, place_from
from console.selectors.officer.sources import SOURCES

ON_A_PAGE = 40
RANKS: Mapping[str, int] = {source.kind: source.rank for source in SOURCES}


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """The entry of the audit trail that tells of a line, and how far it is sealed."""

    entry: UUID
    sealed: Sealed | None  # None: it waits to be sealed


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A line with its proof; None if the trail has no entry of its own for it."""

    line: Line
    proof: Proof | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeLine:
    """One page of it, and where the next one begins."""

    told: Sequence[Told]
    after: str  # "": there is no more


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many records of one kind there are."""

    source: Source
    count: int


def time_line(
    *, person: Person, reader: User, kind: str, after: str, size: int = ON_A_PAGE
) -> TimeLine:
    """Return the lines after `after`, of one kind or, if `kind` is none, of all."""
    place = place_from(after, SOURCES)
    found: list[Line] = []
    for source in chosen(kind):
        rows = source.rows(person, reader).filter(older_than(place, source))
        newest = rows.order_by(f"-{source.moment}", "-pk")[: size + 1]
        found += [source.line(row) for row in newest]
    found.sort(key=_order, reverse=True)
    shown, more = found[:size], len(found) > size
    return TimeLine(told=with_proofs(shown), after=_place(shown[-1]).text if more else "")


def chosen(kind: str) -> tuple[Source, ...]:
    """Return the sources of a kind; every source if there is no such kind."""
    return tuple(one for one in SOURCES if one.kind == kind) or SOURCES


def tallies(*, person: Person, reader: User) -> Sequence[Tally]:
    """Count the records of each kind."""
    return [Tally(source=one, count=one.rows(person, reader).count()) for one in SOURCES]


def latest_answers(person: Person) -> Sequence[Decision]:
    """Return the last decision of each campaign: why the person was called, or was not."""
    rows = Decision.objects.filter(person=person, kind=Decision.Kind.PERMIT)
    latest = rows.order_by("filing_id", "-at", "-pk").distinct("filing_id")
    found = latest.select_related("filing__principal", "permit").defer(
        "facts", "findings", "answers"
    )
    return sorted(found, key=lambda row: row.at, reverse=True)


def with_proofs(lines: Sequence[Line]) -> Sequence[Told]:
    """Return the lines with what the audit trail says of each, in three questions for all."""
    entries = _entries([line.named for line in lines if line.named])
    telling = [_telling(line.named, entries) for line in lines]
    sealed = sealed_among([entry["pk"] for entry in telling if entry])
    return [
        Told(
            line=line,
            proof=Proof(entry=entry["eid"], sealed=sealed.get(entry["pk"])) if entry else None,
        )
        for line, entry in zip(lines, telling, strict=True)
    ]


def _entries(named: Iterable[Named]) -> dict[str, list[dict[str, Any]]]:
    """Return the entries about the objects; of busy objects, those of the instants alone."""
    plain = {name for one in named if one.at is None for name in one.objects}
    dated: dict[str, set[datetime]] = {}
    for one in named:
        if one.at is not None:
            for name in one.objects:
                dated.setdefault(name, set()).add(one.at)
    rows = [*AuditEntry.objects.filter(object__in=plain).values(*_COLUMNS).order_by("pk")]
    if dated:
        instants = set().union(*dated.values())
        rows += AuditEntry.objects.filter(object__in=dated, ts__in=instants).values(*_COLUMNS)
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["object"], []).append(row)
    return found


_COLUMNS = ("pk", "eid", "object", "action", "ts")


def _telling(
    named: Named | None, entries: Mapping[str, list[dict[str, Any]]]
) -> dict[str, Any] | None:
    """Return the last entry that tells of the line."""
    if named is None:
        return None
    telling = [
        entry
        for name in named.objects
        for entry in entries.get(name, ())
        if entry["action"] in named.actions and named.at in (None, entry["ts"])
    ]
    return max(telling, key=lambda entry: entry["pk"], default=None)


def _place(line: Line) -> Place:
    return Place(at=line.at, rank=RANKS[line.kind], key=line.key)


def _order(line: Line) -> tuple[datetime, int, Any]:
    return line.at, RANKS[line.kind], line.key
