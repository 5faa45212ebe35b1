"""Put a violator on the list: nobody here takes them on for three years."""

from datetime import date, datetime, timedelta

from django.db import transaction

from audit import record as audit
from audit.plain_numbers import without_numbers
from compliance.models import Violator
from compliance.violators import listed_index

DAYS = 3 * 366  # three years, whatever leap days fall into them


@transaction.atomic
def violator_list(
    *, kind: str, value: str, reason: str, listed_on: date, actor: str, now: datetime
) -> Violator:
    """List a company, credit code, person, number or address; the value is kept as a digest."""
    until = listed_on + timedelta(days=DAYS)
    entry = Violator.objects.create(
        kind=kind,
        value_index=listed_index(kind, value),
        reason=reason,
        listed_on=listed_on,
        until=until,
        recorded_by=actor,
        recorded_at=now,
    )
    audit.record(
        "violator.listed",
        obj=f"violator:{entry.pk}",
        actor=actor,
        now=now,
        data={"kind": kind, "until": until.isoformat(), "reason": without_numbers(reason)},
    )
    return entry
