"""How many complaints were upheld against what, and how many calls stand beside them."""

from collections import Counter
from datetime import UTC, datetime

from django.db.models import QuerySet

from compliance.lists.moments import LOCAL
from compliance.models import Complaint, ComplaintEvent, Permit, Resumption, Suspension
from compliance.rulebook.braking import CampaignCounts

SUBJECTS = ("seat", "filing", "trunk", "principal")
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def standing(subject: str, pk: int) -> bool:
    """Return whether a suspension of the seat, filing, trunk or principal stands."""
    its = Suspension.objects.filter(**{f"{subject}_id": pk})
    return its.filter(resumption=None).exists()


def last_resumed(subject: str, pk: int) -> datetime:
    """Return when it last began to call again; complaints before then were answered for."""
    its = Resumption.objects.filter(**{f"suspension__{subject}_id": pk}).order_by("-resumed_at")
    return its.values_list("resumed_at", flat=True).first() or _LONG_AGO


def upheld_since(subject: str, pk: int, since: datetime) -> int:
    """Return how many complaints about it were upheld after `since`."""
    return _upheld(subject, pk, since).count()


def campaign_counts(*, filing_id: int, since: datetime, upheld_in_chain: int) -> CampaignCounts:
    """Return what the brake looks at, from `since` on."""
    upheld = _upheld("filing", filing_id, since)
    received = upheld.values_list("received_at", flat=True)
    days = Counter(at.astimezone(LOCAL).date() for at in received)
    connected = Permit.objects.filter(
        filing_id=filing_id, result="answered", redeemed_at__gt=since
    ).count()
    return CampaignCounts(
        upheld=sum(days.values()),
        connected=connected,
        worst_day=max(days.values(), default=0),
        upheld_in_chain=upheld_in_chain,
    )


def _upheld(subject: str, pk: int, since: datetime) -> QuerySet[Complaint]:
    found = ComplaintEvent.objects.filter(
        kind=ComplaintEvent.Kind.UPHELD,
        at__gt=since,
        **{f"complaint__accused__{subject}_id": pk},
    )
    return Complaint.objects.filter(pk__in=found.values("complaint_id"))
