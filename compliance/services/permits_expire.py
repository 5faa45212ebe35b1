"""Mark permits that nobody used in time; their place in the caps stays spent."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from audit import record as audit
from compliance.models import Permit

BATCH = 500


def permits_expire_for(*, person_id: int, seat_id: int, now: datetime) -> int:
    """Expire what still occupies the person or the seat; the caller holds both locks."""
    return _expire(Q(person_id=person_id) | Q(seat_id=seat_id), now=now)


@transaction.atomic
def permits_expire(*, now: datetime) -> int:
    """Expire every permit that is past its time. Return how many."""
    return _expire(Q(), now=now)


def _expire(which: Q, *, now: datetime) -> int:
    stale = list(
        Permit.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(which, state=Permit.State.ISSUED, expires_at__lte=now)
        .values_list("pk", flat=True)[:BATCH]
    )
    if not stale:
        return 0
    Permit.objects.filter(pk__in=stale).update(state=Permit.State.EXPIRED)
    audit.record_many(
        [
            audit.Entry(action="permit.expired", obj=f"permit:{pk}", actor="svc:gate")
            for pk in stale
        ],
        now=now,
    )
    return len(stale)
