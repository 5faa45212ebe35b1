"""Compare the numbers that a principal shows with the places it calls: numbers never follow."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count

from audit import record as audit
from compliance.association import Association, association
from compliance.desk_numbers import desk_numbers
from compliance.locks import lock_suspensions
from compliance.models import CampaignFiling, Permit, Principal, Suspension
from compliance.selectors.complaint_counts import last_resumed, standing
from compliance.services.suspension_begin import suspension_begin

RULE = "CN13-NUM-03"
ANYWHERE = "-*"  # ends the code of a place that nobody knows


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What the newest calls of one principal show."""

    principal: Principal
    found: Association
    follows: bool  # the numbers depend on the places, beyond chance
    suspended: tuple[int, ...]  # filings


def numbers_compare(*, actor: str, now: datetime) -> list[Compared]:
    """Test every principal that shows several numbers; suspend its campaigns if they follow.

    A principal with one number is not in the list: it has nothing to choose from.
    """
    several = Principal.objects.annotate(
        numbers=Count("filings__caller_number", distinct=True)
    ).filter(numbers__gt=1)
    return [_compare(principal, actor, now) for principal in several.order_by("pk")]


@transaction.atomic(durable=True)
def _compare(principal: Principal, actor: str, now: datetime) -> Compared:
    lock_suspensions()
    limits = desk_numbers(RULE)
    calls = list(_calls(principal, limits["calls"]))
    found = association([(number, place) for _, number, place in calls])
    follows = (
        found.pairs >= limits["least_calls"] and found.chance * 1_000_000 < limits["per_million"]
    )
    said = {
        "calls": found.pairs,
        "numbers": found.firsts,
        "places": found.seconds,
        "per_million": found.per_million,
    }
    filings = sorted({filing for filing, _, _ in calls}) if follows else []
    suspended = tuple(pk for pk in filings if not standing("filing", pk))
    for filing_id in suspended:
        suspension_begin(
            Suspension(
                filing_id=filing_id,
                cause=Suspension.Cause.PLACES,
                counts=said,
                begun_at=now,
                begun_by=actor,
            )
        )
    audit.record(
        "numbers.compared",
        obj=f"principal:{principal.pk}",
        actor=actor,
        now=now,
        outcome="denied" if follows else "ok",
        data={**said, "follows": follows, "suspended": list(suspended)},
    )
    return Compared(principal=principal, found=found, follows=follows, suspended=suspended)


def _calls(principal: Principal, most: int) -> Iterator[tuple[int, str, str]]:
    """Yield filing, number and place of the newest calls since the campaigns were resumed."""
    filings = CampaignFiling.objects.filter(principal=principal).values_list("pk", flat=True)
    since = {pk: last_resumed("filing", pk) for pk in filings}
    placed = Permit.objects.filter(filing__principal=principal, redeemed_at__isnull=False)
    rows = placed.order_by("-issued_at").values_list(
        "filing_id", "caller_number_id", "person__provinces", "issued_at"
    )
    for filing, number, places, at in rows[:most]:
        known = len(places) == 1 and not places[0].endswith(ANYWHERE)
        if known and at > since[filing]:
            yield filing, str(number), places[0]
