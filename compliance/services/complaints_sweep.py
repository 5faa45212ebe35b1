"""Let the clocks of open complaints ring: our own, the escalation, the day that stops calls."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db import DatabaseError, transaction
from django.db.models import Exists, OuterRef, QuerySet

from compliance.lists.moments import LOCAL
from compliance.locks import lock_suspensions
from compliance.models import Complaint, ComplaintEvent, Suspension
from compliance.selectors.complaint_counts import standing
from compliance.selectors.complaints import still_open
from compliance.services.complaint_step import step_write
from compliance.services.suspension_begin import suspension_begin

log = logging.getLogger(__name__)
Kind = ComplaintEvent.Kind
ACTOR = "svc:complaints"
CLOCKS = (
    (Kind.LATE, "internal_due_on"),
    (Kind.ESCALATED, "escalate_on"),
    (Kind.OVERDUE, "due_on"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """A clock that rang."""

    complaint_id: int
    kind: str
    suspended_filings: tuple[int, ...] = ()


def complaints_sweep(*, now: datetime) -> list[Rung]:
    """Ring each clock that has run out, once; suspend campaigns whose complaint is overdue.

    The rulebook refuses their calls from that day on even where nobody sweeps; what is added here
    is that closing the case late is no longer enough to call again.
    """
    today = now.astimezone(LOCAL).date()
    rung: list[Rung] = []
    for kind, field in CLOCKS:
        for complaint in list(_due(kind, field, today)):
            try:
                rung.append(_ring(complaint, kind, now))
            except DatabaseError as error:  # somebody closed it, or rang it, at this moment
                log.warning("complaint %s: %s: %s", complaint.pk, kind, type(error).__name__)
    return rung


def _due(kind: Kind, field: str, today: date) -> Iterator[Complaint]:
    rung = ComplaintEvent.objects.filter(complaint=OuterRef("pk"), kind=kind)
    found: QuerySet[Complaint] = still_open(Complaint.objects.filter(**{f"{field}__lte": today}))
    if kind is Kind.LATE:  # what is found already is not late
        ours = ComplaintEvent.objects.filter(
            complaint=OuterRef("pk"), kind__in=[Kind.UPHELD, Kind.REJECTED]
        )
        found = found.filter(~Exists(ours))
    yield from found.filter(~Exists(rung)).order_by("pk")


@transaction.atomic(durable=True)
def _ring(complaint: Complaint, kind: Kind, now: datetime) -> Rung:
    step_write(ComplaintEvent(complaint=complaint, kind=kind, actor=ACTOR, at=now))
    if kind is not Kind.OVERDUE:
        return Rung(complaint_id=complaint.pk, kind=kind.value)
    lock_suspensions()
    filings = complaint.accused.exclude(filing=None).values_list("filing_id", flat=True)
    suspended = [pk for pk in sorted(set(filings)) if pk and not standing("filing", pk)]
    for filing_id in suspended:
        suspension_begin(
            Suspension(
                filing_id=filing_id,
                cause=Suspension.Cause.OVERDUE,
                complaint=complaint,
                counts={"due_on": complaint.due_on.isoformat()},
                begun_at=now,
                begun_by=ACTOR,
            )
        )
    return Rung(complaint_id=complaint.pk, kind=kind.value, suspended_filings=tuple(suspended))
