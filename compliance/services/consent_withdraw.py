"""Take a consent back; never refused, as easy as giving it (PIPL 15)."""

from datetime import datetime

from django.db import connection, transaction

from audit import record as audit
from compliance.ledger_time import ledger_now
from compliance.locks import lock_number
from compliance.models import Consent, Permit
from compliance.services.permits_void import permits_void

CHANNEL = "compliance_withdrawal"


@transaction.atomic(durable=True)
def consent_withdraw(*, consent: Consent, actor: str, now: datetime) -> bool:
    """Withdraw a consent and void what was permitted on it. Return False if it already was."""
    lock_number(consent.person_id)
    standing = Consent.objects.standing().filter(pk=consent.pk)
    if standing.update(withdrawn_at=ledger_now()) != 1:
        return False
    voided = permits_void(
        which=Permit.objects.filter(person_id=consent.person_id, consent=consent),
        reason=f"consent:{consent.pk}",
        actor=actor,
        now=now,
    )
    audit.record(
        "consent.withdrawn",
        obj=f"consent:{consent.pk}",
        actor=actor,
        now=now,
        data={"person": consent.person_id, "voided_permits": len(voided)},
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, str(consent.pk)])
    return True
