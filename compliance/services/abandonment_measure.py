"""Count a campaign's abandoned calls, in both windows; what is above the ceiling stops."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, Q

from audit import record as audit
from compliance.models import Abandonment, Permit

DAY, MONTH = timedelta(hours=24), timedelta(days=30)
AGAIN = timedelta(hours=1)  # calls that found an agent count in at the latest after so long
ABANDONED = "abandoned"  # result of a permit: a person answered and no agent was there in time
LIVE = ["answered", ABANDONED]


@transaction.atomic
def abandonment_measure(*, filing_id: int, now: datetime) -> None:
    """Count anew and, if the count has moved, let it hold from this commit on."""
    counted = _count(filing_id, now)
    last = Abandonment.objects.select_for_update().filter(pk=filing_id).first()
    if last is not None and not _moved(last, counted):
        return
    Abandonment.objects.update_or_create(filing_id=filing_id, defaults=_values(counted))
    audit.record(
        "campaign.abandonment_measured",
        obj=f"filing:{filing_id}",
        actor="svc:gate",
        now=now,
        data={name: value for name, value in _values(counted).items() if isinstance(value, int)},
    )


def abandonments_sweep(*, now: datetime) -> None:
    """Count again where something was abandoned, because the windows move on."""
    some = Q(abandoned_day__gt=0) | Q(abandoned_month__gt=0)
    for filing_id in Abandonment.objects.filter(some).values_list("pk", flat=True):
        abandonment_measure(filing_id=filing_id, now=now)


def _count(filing_id: int, now: datetime) -> Abandonment:
    today, lost = Q(redeemed_at__gt=now - DAY), Q(result=ABANDONED)
    answered = Permit.objects.filter(
        filing_id=filing_id, result__in=LIVE, redeemed_at__gt=now - MONTH
    )
    counts = answered.aggregate(
        answered_day=Count("pk", filter=today),
        abandoned_day=Count("pk", filter=today & lost),
        answered_month=Count("pk"),
        abandoned_month=Count("pk", filter=lost),
    )
    return Abandonment(filing_id=filing_id, measured_at=now, **counts)


def _moved(last: Abandonment, counted: Abandonment) -> bool:
    """Tell whether the new count is worth a new epoch."""
    lost = (counted.abandoned_day, counted.abandoned_month)
    if (last.abandoned_day, last.abandoned_month) != lost:
        return True
    return counted.measured_at - last.measured_at >= AGAIN


def _values(counted: Abandonment) -> dict[str, object]:
    return {
        "measured_at": counted.measured_at,
        "answered_day": counted.answered_day,
        "abandoned_day": counted.abandoned_day,
        "answered_month": counted.answered_month,
        "abandoned_month": counted.abandoned_month,
    }
