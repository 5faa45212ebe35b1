"""Void permits that were issued and not used yet."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from audit import record as audit
from compliance.models import Permit


def permits_void(*, which: QuerySet[Permit], reason: str, actor: str, now: datetime) -> list[UUID]:
    """Void the unused permits among `which`; the caller's transaction holds the number's lock."""
    issued = which.filter(state=Permit.State.ISSUED)
    ids = list(issued.select_for_update(of=("self",)).values_list("pk", flat=True))
    Permit.objects.filter(pk__in=ids, state=Permit.State.ISSUED).update(
        state=Permit.State.VOID, void_reason=reason
    )
    audit.record_many(
        [
            audit.Entry(
                action="permit.voided", obj=f"permit:{pk}", actor=actor, data={"reason": reason}
            )
            for pk in ids
        ],
        now=now,
    )
    return ids
