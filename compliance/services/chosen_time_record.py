"""Take down when a person asked to be called."""

from datetime import datetime, timedelta

from django.db import transaction

from audit import record as audit
from audit.plain_numbers import without_numbers
from compliance.locks import lock_number
from compliance.models import ChosenTime, Permit, Principal
from compliance.services.permits_void import permits_void

FURTHEST = timedelta(days=30)  # a wish for a later time is a new consent, not an appointment


class NoSuchTimeError(ValueError):
    """The time has passed, ends before it begins, or is too far away."""


@transaction.atomic(durable=True)
def chosen_time_record(
    *,
    person_id: int,
    principal: Principal,
    from_at: datetime,
    until_at: datetime,
    evidence: str,
    actor: str,
    now: datetime,
) -> ChosenTime:
    """Record the wish; it overtakes an earlier one towards the same principal.

    No call is placed before it from this commit on: unused permits are voided.

    :raises NoSuchTimeError: unless the time lies ahead, within a month, and has a length
    """
    if not now < until_at <= now + FURTHEST or from_at >= until_at:
        raise NoSuchTimeError(f"{from_at:%Y-%m-%d %H:%M} is no time to be called.")
    lock_number(person_id)
    wish = ChosenTime.objects.create(
        person_id=person_id,
        principal=principal,
        from_at=from_at,
        until_at=until_at,
        evidence=evidence,
        recorded_at=now,
        recorded_by=actor,
    )
    unused = Permit.objects.filter(person_id=person_id, filing__principal=principal)
    permits_void(which=unused, reason=f"chosen_time:{wish.pk}", actor=actor, now=now)
    audit.record(
        "chosen_time.recorded",
        obj=f"chosen_time:{wish.pk}",
        actor=actor,
        now=now,
        data={
            "person": person_id,
            "principal": principal.pk,
            "from": from_at.isoformat(),
            "until": until_at.isoformat(),
            "evidence": without_numbers(evidence),
        },
    )
    return wish
