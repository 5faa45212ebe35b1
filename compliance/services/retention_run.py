"""Delete what has been kept long enough, nothing inside its floor, and certify what was done."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Min, Q, QuerySet
from django.db.models.functions import Coalesce, Least

from audit import record as audit
from audit.canonical import canon
from audit.models import AuditPii
from compliance.editions import book_at
from compliance.models import (
    Complaint,
    Consent,
    Decision,
    Permit,
    Refusal,
    RetentionCertificate,
)
from compliance.rulebook.codec import instant_text
from compliance.rulebook.retention import RetentionClass
from compliance.selectors.complaints import still_open

NEVER = datetime.min.replace(tzinfo=UTC)  # of a class without a ceiling nothing is overdue


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Where the records of a class are, what they are aged by, and whether a run deletes them."""

    rows: Callable[[], QuerySet[Any]]
    aged_by: str  # the instant from which a record is kept, annotated where it is no column
    deletes: bool = False  # the database refuses it for the others: they wait for an archive


def _ended_consents() -> QuerySet[Consent]:
    ended = Consent.objects.filter(Q(withdrawn_at__isnull=False) | Q(expires_at__isnull=False))
    first = Least(Coalesce("withdrawn_at", "expires_at"), Coalesce("expires_at", "withdrawn_at"))
    return ended.annotate(ended_at=first)


def _personal_fields() -> QuerySet[AuditPii]:
    """Return personal fields, but of people with an open complaint: those may be evidence."""
    people = still_open(Complaint.objects.all()).values_list("person_id", flat=True)
    return AuditPii.objects.exclude(subject__in=[f"person:{pk}" for pk in people])


HOLDERS: Mapping[str, Holder] = {
    "call_record": Holder(rows=Permit.objects.all, aged_by="issued_at"),
    "decision": Holder(rows=Decision.objects.all, aged_by="at"),
    "consent": Holder(rows=_ended_consents, aged_by="ended_at"),
    "complaint": Holder(rows=Complaint.objects.all, aged_by="received_at"),
    "refusal": Holder(rows=Refusal.objects.all, aged_by="recorded_at"),
    "personal_field": Holder(rows=_personal_fields, aged_by="entry__ts", deletes=True),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionRun:
    """What a run found and did; without a certificate it was a rehearsal."""

    figures: dict[str, Any]
    sha256: str
    certificate: int | None


@transaction.atomic(durable=True)
def retention_run(*, dry_run: bool, actor: str, now: datetime) -> RetentionRun:
    """Hold every class of records against how long it is kept, and delete what may go."""
    book = book_at(now)
    rows = [
        _held(its, HOLDERS.get(its.name), dry_run=dry_run, now=now)
        for its in book.retention.values()
    ]
    figures = {"v": 1, "at": instant_text(now), "book_sha256": book.digest, "classes": rows}
    body = canon(figures)
    digest = hashlib.sha256(body).hexdigest()
    if dry_run:
        return RetentionRun(figures=figures, sha256=digest, certificate=None)
    certificate = RetentionCertificate.objects.create(body=body, sha256=digest, made_at=now)
    audit.record(
        "retention.ran",
        obj=f"retention_certificate:{certificate.pk}",
        actor=actor,
        now=now,
        data={"sha256": digest, "deleted": sum(row["deleted"] for row in rows)},
    )
    return RetentionRun(figures=figures, sha256=digest, certificate=certificate.pk)


def _held(
    its: RetentionClass, holder: Holder | None, *, dry_run: bool, now: datetime
) -> dict[str, Any]:
    said = {
        "class": its.name,
        "title_zh": its.title_zh,
        "title_en": its.title_en,
        "floor_days": its.floor_days,
        "keep_days": its.keep_days,
        "ceiling_days": its.ceiling_days,
    }
    if holder is None:  # kept by something of its own, or not there yet
        return {**said, "records": None, "deleted": 0}
    rows, aged_by = holder.rows(), holder.aged_by
    may_go = rows.filter(**{f"{aged_by}__lt": its.deletable_before(now)})
    overdue = its.overdue_before(now)
    counted = rows.aggregate(  # in one walk: some of these tables hold millions
        records=Count("pk"),
        oldest=Min(aged_by),
        inside_floor=Count("pk", filter=Q(**{f"{aged_by}__gte": its.protected_after(now)})),
        may_go=Count("pk", filter=Q(**{f"{aged_by}__lt": its.deletable_before(now)})),
        overdue=Count("pk", filter=Q(**{f"{aged_by}__lt": overdue or NEVER})),
    )
    oldest = counted["oldest"]
    counted["oldest"] = None if oldest is None else instant_text(oldest)
    deleted = may_go.delete()[0] if holder.deletes and not dry_run else 0
    return {**said, **counted, "deleted": deleted}
