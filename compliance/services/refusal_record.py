"""Take down a person's no: from this commit on, nothing is dialled against it."""

from datetime import datetime

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from audit import record as audit
from audit.plain_numbers import without_numbers
from audit.storable import storable
from compliance.ledger_time import ledger_now
from compliance.locks import lock_number
from compliance.models import Permit, Principal, Refusal
from compliance.models.refusal import BEYOND_EVERYWHERE
from compliance.services.permits_void import permits_void

EVIDENCE_SIGNS = 128  # of longer words the row keeps the beginning, the audit trail all
CHANNEL = "compliance_refusal"  # PostgreSQL NOTIFY: delivered exactly when the refusal commits


@transaction.atomic(durable=True)
def refusal_record(
    *,
    person_id: int,
    principal: Principal | None,
    source: str,
    evidence: str,
    actor: str,
    now: datetime,
    purpose: str = "",
) -> Refusal:
    """Record a refusal towards `principal` and its whole kind of business, or towards everybody.

    Never refused itself: it asks no rule and needs no other store than the database. Unused
    permits that it covers are voided in the same transaction; calls that are already up are ended
    by their lines, which hear of it at commit.
    """
    return refusal_write(
        person_id=person_id,
        principal=principal,
        source=source,
        evidence=evidence,
        actor=actor,
        now=now,
        purpose=purpose,
    )


def refusal_write(
    *,
    person_id: int,
    principal: Principal | None,
    source: str,
    evidence: str,
    actor: str,
    now: datetime,
    purpose: str = "",
) -> Refusal:
    """Record a refusal inside the transaction of whatever brought it, such as a complaint."""
    lock_number(person_id)
    refusal = Refusal.objects.create(
        person_id=person_id,
        principal=principal,
        industry="" if principal is None else principal.industry,
        everywhere=principal is None,
        purpose=purpose,
        source=source,
        evidence=storable(evidence)[:EVIDENCE_SIGNS],
        # Read behind the lock, as a redemption's instant is: the two are in their true order.
        recorded_at=ledger_now(),
        recorded_by=actor,
    )
    voided = permits_void(
        which=permits_covered(refusal), reason=f"refusal:{refusal.pk}", actor=actor, now=now
    )
    audit.record(
        "refusal.recorded",
        obj=f"refusal:{refusal.pk}",
        actor=actor,
        now=now,
        data={
            "person": person_id,
            "principal": refusal.principal_id or 0,
            "industry": refusal.industry,
            "everywhere": refusal.everywhere,
            "purpose": purpose,
            "source": source,
            "evidence": without_numbers(evidence),
            "voided_permits": len(voided),
        },
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, str(refusal.pk)])
    return refusal


def permits_covered(refusal: Refusal) -> QuerySet[Permit]:
    """Return the person's permits for calls that the refusal forbids."""
    permits = Permit.objects.filter(person_id=refusal.person_id)
    if refusal.purpose:
        permits = permits.filter(filing__purpose=refusal.purpose)
    if refusal.everywhere:
        return permits.exclude(filing__purpose=BEYOND_EVERYWHERE)
    return permits.filter(
        Q(filing__principal_id=refusal.principal_id) | Q(filing__industry=refusal.industry)
    )
