"""Trunks as their page shows them: the ledger, how they are reached, what they carry now."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import redis
from django.db.models import Count, Min, Q

from compliance.models import CampaignFiling, Trunk
from compliance.models.words import Purpose
from compliance.selectors.clock_due import Due, local_day, one_book
from compliance.selectors.clock_numbers import place_clocks
from console.models import TrunkCheck
from console.selectors.call_centre.suspended import suspended_now
from dialer import streams
from dialer.models import Attempt, TrunkEndpoint
from dialer.trunk_check.finding import STEPS, Finding, Grade
from dialer.trunk_check.house import edge_finding

SHOWN = 10  # checks of one trunk
STEP_BY_NAME = {step.name: step for step in STEPS}


@dataclass(frozen=True, slots=True, kw_only=True)
class TrunkShown:
    """One trunk."""

    row: Trunk
    endpoint: TrunkEndpoint | None
    state: str  # up, down, silent (no line process), unknown (no message store) or closed
    reason: str  # as its line process says it, where it is down
    live: int  # calls that the line process holds
    up: int  # calls on record that have not ended
    review: Due | None
    certificate: date | None  # the first certificate of its numbers to end
    numbers: int
    check: TrunkCheck | None  # the newest
    suspension: int | None

    @property
    def broken(self) -> int:
        """Return how many steps of the newest check are broken."""
        return 0 if self.check is None else broken_in(self.check)

    @property
    def purposes(self) -> Sequence[str]:
        """Return what the contract allows, in the reader's language."""
        return [str(Purpose(code).label) for code in self.row.permitted_purposes]


def broken_in(check: TrunkCheck) -> int:
    """Return how many steps were broken."""
    return len({one["step"] for one in check.report if one["grade"] == Grade.BROKEN})


def trunks_shown(*, now: datetime, only: int | None = None) -> Sequence[TrunkShown]:
    """Return every trunk, or one of them; those in use first."""
    rows = Trunk.objects.annotate(
        filed=Count("caller_numbers", filter=Q(caller_numbers__callout_opened=True)),
        certificate=Min(
            "caller_numbers__certificate_until", filter=Q(caller_numbers__callout_opened=True)
        ),
    )
    if only is not None:
        rows = rows.filter(pk=only)
    found = list(rows.select_related("endpoint").order_by("-active", "code"))
    up = Counter(
        dict(
            Attempt.objects.filter(ended_at=None)
            .values_list("permit__trunk_id")
            .annotate(n=Count("pk"))
            .order_by()
        )
    )
    reviews, checks, suspended = _reviews(now), _newest_checks(), suspended_now().trunks
    return [
        _shown(row, up[row.pk], reviews.get(row.pk), checks.get(row.pk), suspended.get(row.pk))
        for row in found
    ]


def _shown(
    row: Trunk, up: int, review: Due | None, check: TrunkCheck | None, suspension: int | None
) -> TrunkShown:
    state, reason, live = _heard(row)
    return TrunkShown(
        row=row,
        endpoint=getattr(row, "endpoint", None),
        state=state,
        reason=reason,
        live=live,
        up=up,
        review=review,
        certificate=row.certificate,  # type: ignore[attr-defined]  # annotated
        numbers=row.filed,  # type: ignore[attr-defined]
        check=check,
        suspension=suspension,
    )


def _heard(row: Trunk) -> tuple[str, str, int]:
    """Return the state of a trunk, why, and the calls that its line process holds."""
    if not row.active:
        return "closed", "", 0
    try:
        beat = streams.heartbeat_of(row.code)
    except redis.RedisError:
        return "unknown", "", 0
    if beat is None:
        return "silent", "", 0
    return ("up" if beat.up else "down"), beat.reason, beat.live


def _reviews(now: datetime) -> Mapping[int, Due]:
    with one_book(now):
        found = [
            due
            for due in place_clocks(today=local_day(now), now=now)
            if due.clock == "trunk_review"
        ]
    return {int(due.obj.partition(":")[2]): due for due in found}


def _newest_checks() -> Mapping[int, TrunkCheck]:
    newest = TrunkCheck.objects.order_by("trunk_id", "-checked_at", "-pk").distinct("trunk_id")
    return {one.trunk_id: one for one in newest}


def checks_of(trunk: Trunk) -> Sequence[TrunkCheck]:
    """Return the newest checks of a trunk."""
    rows = TrunkCheck.objects.filter(trunk=trunk).select_related("checked_by")
    return list(rows.order_by("-checked_at", "-pk")[:SHOWN])


def campaigns_on(trunk: Trunk) -> Sequence[CampaignFiling]:
    """Return the campaigns filed on a trunk."""
    rows = CampaignFiling.objects.filter(trunk=trunk)
    return list(rows.select_related("principal", "caller_number").order_by("name", "pk"))


def edge_of(endpoint: TrunkEndpoint | None) -> Finding:
    """Return how what leaves is checked a second time, and whether its key is there."""
    return edge_finding(endpoint)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepShown:
    """One sentence of a check."""

    zh: str
    en: str
    grade: str
    found: Mapping[str, str]
    do: Mapping[str, str] | None


def steps_of(check: TrunkCheck) -> Sequence[StepShown]:
    """Return what a check found, in the order of the check."""
    return [
        StepShown(
            zh=STEP_BY_NAME[one["step"]].zh,
            en=STEP_BY_NAME[one["step"]].en,
            grade=one["grade"],
            found=one["found"],
            do=one["do"],
        )
        for one in check.report
    ]
