"""Wire = permits: the hours of a day, what was found odd, and the calls of one hour."""

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings

from audit.models import AuditEntry
from compliance.lists.moments import LOCAL
from compliance.models import Permit
from compliance.numbers import mask
from console.asked import is_near
from dialer.models import LineInvite
from dialer.reconcile.comparison import Span, Unmatched
from dialer.reconcile.hours import Hour, hours
from dialer.reconcile.near import records_near, witnesses_near
from dialer.reconcile.run import TOLERANCE, reconcile
from dialer.reconcile.witness_csv import Witness, WitnessError
from dialer.reconcile.witness_edge import edge_witness

RUNS_SHOWN = 14
CALLS_SHOWN = 50
_FORM = "%Y%m%dT%H"


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One local day, hour by hour."""

    hours: Sequence[Hour]
    witnesses: Sequence[str]
    unreadable: str  # why a witness could not be read; empty if it could


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One reconciliation as the trail tells of it."""

    entry: AuditEntry
    span: str
    counts: dict[str, int]
    unmatched: int
    unpermitted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Odd:
    """A call that some have counted and others have not."""

    one: Unmatched
    callee: str
    decision: UUID | None

    @property
    def without_permit(self) -> bool:
        """Return whether nobody had permitted it."""
        return "permits" in self.one.missing


@dataclass(frozen=True, slots=True, kw_only=True)
class HourFound:
    """One hour, held together call by call."""

    counts: dict[str, int]
    odd: Sequence[Odd]
    calls: Sequence[LineInvite]
    more: bool
    unreadable: str


def name_of(at: datetime) -> str:
    """Return how an address names an hour."""
    return at.astimezone(UTC).strftime(_FORM)


def hour_named(name: str) -> datetime:
    """Return the hour that an address names.

    :raises ValueError: if it names none
    """
    at = datetime.strptime(name, _FORM).replace(tzinfo=UTC)
    if not is_near(at):
        raise ValueError(f"{name} is no hour of ours.")
    return at


def day_span(day: date) -> Span:
    """Return the local day."""
    begin = datetime.combine(day, time(), LOCAL)
    return Span(since=begin, until=begin + timedelta(days=1))


def day_of_wire(day: date) -> Day:
    """Count the day on every side."""
    span = day_span(day)
    witnesses, unreadable = _witnesses(span)
    return Day(
        hours=hours(span=span, witnesses=witnesses),
        witnesses=[one.kind for one in witnesses],
        unreadable=unreadable,
    )


def hour_of_wire(at: datetime) -> HourFound:
    """Hold one hour together call by call; nothing is written, nothing is stopped."""
    span = Span(since=at, until=at + timedelta(hours=1))
    witnesses, unreadable = _witnesses(span.widened(TOLERANCE))
    found = reconcile(span=span, witnesses=witnesses).found
    sent = LineInvite.objects.filter(sent_at__gte=span.since, sent_at__lt=span.until)
    rows = sent.select_related("permit", "trunk").order_by("-sent_at", "-pk")
    calls = list(rows[: CALLS_SHOWN + 1])
    return HourFound(
        counts=dict(found.counts),
        odd=_odd(found.unmatched),
        calls=calls[:CALLS_SHOWN],
        more=len(calls) > CALLS_SHOWN,
        unreadable=unreadable,
    )


def runs() -> list[Run]:
    """Return the newest reconciliations, as they stand on the trail."""
    made = AuditEntry.objects.of("reconciliation.made").order_by("-pk")[:RUNS_SHOWN]
    return [_run(entry) for entry in made]


def _run(entry: AuditEntry) -> Run:
    data: dict[str, Any] = json.loads(bytes(entry.body))["data"]
    since, _, until = entry.object.removeprefix("reconciliation:").partition("/")
    return Run(
        entry=entry,
        span=f"{_local(since)} – {_local(until)}",
        counts=data["counts"],
        unmatched=data["unmatched"],
        unpermitted=data["unpermitted"],
    )


def _local(text: str) -> str:
    return datetime.fromisoformat(text).astimezone(LOCAL).strftime("%m-%d %H:%M")


def _odd(unmatched: Sequence[Unmatched]) -> list[Odd]:
    named = {one.permit for one in unmatched if one.permit}
    known = Permit.objects.filter(pk__in=named).values_list("pk", "decision_id")
    decisions = {str(permit): decision for permit, decision in known}
    return [
        Odd(one=one, callee=mask(one.seen.callee), decision=decisions.get(one.permit))
        for one in sorted(unmatched, key=lambda one: one.seen.at)
    ]


def _witnesses(span: Span) -> tuple[list[Witness], str]:
    try:
        return _kept.look(span), ""
    except WitnessError as error:
        return [], str(error.words)


class _Kept:
    """Keeps what the carrier's file said until it has grown."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._key: tuple[str, int, int] | None = None
        self._records: list[Witness] = []

    def look(self, span: Span) -> list[Witness]:
        """Return the witnesses; the edges' logs are in the database and are read each time."""
        near = settings.CARRIER_RECORDS
        if not near:
            return witnesses_near(span)
        try:
            stat = Path(near).stat()
        except OSError:
            return witnesses_near(span)  # says why it cannot be read
        with self._lock:
            key = (str(near), stat.st_size, stat.st_mtime_ns)
            if key != self._key:
                self._records = records_near()
                self._key = key
            edge = edge_witness(span)
            return self._records if edge is None else [*self._records, edge]


_kept = _Kept()
