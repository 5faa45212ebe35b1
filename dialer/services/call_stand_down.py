"""Give back a permit that its line cannot use: the seat and the lead are free at once."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from compliance.locks import lock_number
from compliance.models import Permit
from compliance.services.permits_void import permits_void
from dialer.services.call_release import call_release


@transaction.atomic(durable=True)
def call_stand_down(*, permit_id: UUID, reason: str, actor: str, now: datetime) -> None:
    """Void the permit if it is not spent, and let its lead be asked for again.

    Like every unused permit it goes on counting against the caps.

    :param reason: one word, such as seat_phone_down
    """
    permit = Permit.objects.filter(pk=permit_id).first()
    if permit is None:
        return
    lock_number(permit.person_id)
    permits_void(which=Permit.objects.filter(pk=permit_id), reason=reason, actor=actor, now=now)
    call_release(permit_id=permit_id, now=now)
