"""Free the seat and the lead of a permit that died before its call could leave."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from compliance.models import Permit
from dialer.models import Lead, SeatSession

DEAD = [Permit.State.VOID, Permit.State.EXPIRED]


@transaction.atomic
def call_release(*, permit_id: UUID, now: datetime) -> None:
    """Let the seat be ready and the lead be asked for again, if the permit is dead."""
    permit = Permit.objects.filter(pk=permit_id, state__in=DEAD).first()
    if permit is None:
        return
    held = SeatSession.objects.filter(permit=permit, state=SeatSession.State.RESERVED)
    held.update(state=SeatSession.State.READY, permit=None, since=now)
    Lead.objects.filter(
        campaign__filing_id=permit.filing_id,
        person_id=permit.person_id,
        state=Lead.State.CLAIMED,
    ).update(state=Lead.State.WAITING, due_at=now, claimed_at=None)
