"""Give a permit back unused, because its call cannot leave from here; why is on the record."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from compliance.locks import lock_number
from compliance.models import Permit
from compliance.services.permits_void import permits_void
from dialer.models import Lead
from dialer.services.call_release import call_release

AGAIN_IN = timedelta(minutes=1)  # each permit counts towards caps, used or not


@transaction.atomic(durable=True)
def call_give_back(*, permit_id: UUID, reason: str, actor: str, now: datetime) -> bool:
    """Void the permit and let its seat and its lead go. Return False if it was dead already."""
    permit = Permit.objects.filter(pk=permit_id).select_related("filing__campaign").first()
    if permit is None:
        return False
    lock_number(permit.person_id)
    only = Permit.objects.filter(pk=permit_id)
    voided = permits_void(which=only, reason=reason, actor=actor, now=now)
    call_release(permit_id=permit_id, now=now)
    waiting = Lead.objects.filter(
        campaign__filing_id=permit.filing_id,
        person_id=permit.person_id,
        state=Lead.State.WAITING,
        due_at=now,
    )
    waiting.update(due_at=now + AGAIN_IN)
    return bool(voided)
