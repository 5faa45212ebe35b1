"""Look at a day's call records for what nobody may do: ring short, or ring one person in a row.

The gate and the line make both impossible; this is a second witness, from what really happened.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import DurationField, Exists, ExpressionWrapper, F, OuterRef, Window
from django.db.models.functions import Lag

from compliance.desk_numbers import desk_numbers
from compliance.locks import lock_suspensions
from compliance.models import Consent, Permit, Refusal, Suspension
from compliance.selectors.complaint_counts import last_resumed, standing
from compliance.services.suspension_begin import suspension_begin
from dialer.models import Attempt

RULE = "CN13-NUM-13"
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """What one campaign's records of a day show."""

    filing_id: int
    short_rings: int  # calls that we gave up before they had rung long enough
    bursts: int  # calls too soon after another one to the same person
    suspended: bool


def calls_review(*, actor: str, now: datetime) -> list[Reviewed]:
    """Review the last day and suspend campaigns over the pack's numbers; list what was found."""
    limits = desk_numbers(RULE)
    short = _short_rings(now, timedelta(seconds=limits["ring_seconds"]))
    bursts = _bursts(now, timedelta(minutes=limits["apart_minutes"]))
    return [
        _review(filing, short[filing], bursts[filing], actor, now)
        for filing in sorted(short.keys() | bursts.keys())
    ]


@transaction.atomic(durable=True)
def _review(filing: int, short: int, bursts: int, actor: str, now: datetime) -> Reviewed:
    lock_suspensions()
    limits = desk_numbers(RULE)
    over = short >= limits["short_rings"] or bursts >= limits["bursts"]
    suspended = over and not standing("filing", filing)
    if suspended:
        suspension_begin(
            Suspension(
                filing_id=filing,
                cause=Suspension.Cause.PATTERN,
                counts={"short_rings": short, "bursts": bursts},
                begun_at=now,
                begun_by=actor,
            )
        )
    return Reviewed(filing_id=filing, short_rings=short, bursts=bursts, suspended=suspended)


def _short_rings(now: datetime, least: timedelta) -> Counter[int]:
    """Count by filing the calls that we ended while they rang, and too soon.

    Not those that the person's own no, or withdrawal, has ended: those end at once.
    """
    no = Refusal.objects.filter(
        person=OuterRef("permit__person"),
        recorded_at__gte=OuterRef("started_at"),
        recorded_at__lte=OuterRef("ended_at"),
    )
    withdrawn = Consent.objects.filter(
        person=OuterRef("permit__person"),
        withdrawn_at__gte=OuterRef("started_at"),
        withdrawn_at__lte=OuterRef("ended_at"),
    )
    short = Attempt.objects.filter(
        started_at__gt=now - DAY,
        ringing_at__isnull=False,
        answered_at=None,
        ended_by__in=["us", "agent"],
        ended_at__lt=F("ringing_at") + least,
    )
    own = short.filter(~Exists(no), ~Exists(withdrawn))
    return _since_resumed(own.values_list("permit__filing_id", "started_at"))


def _bursts(now: datetime, apart: timedelta) -> Counter[int]:
    """Count by filing the calls that followed another one to the same person too soon."""
    recent = Permit.objects.filter(
        issued_at__gt=now - DAY - apart, redeemed_at__isnull=False
    ).annotate(before=Window(Lag("issued_at"), partition_by=["person_id"], order_by="issued_at"))
    gap = ExpressionWrapper(F("issued_at") - F("before"), output_field=DurationField())
    close = recent.annotate(gap=gap).filter(gap__lt=apart, issued_at__gt=now - DAY)
    return _since_resumed(close.values_list("filing_id", "issued_at"))


def _since_resumed(rows: Iterable[tuple[int, datetime]]) -> Counter[int]:
    """Count by filing what happened since it last began to call again."""
    found = list(rows)
    since = {filing: last_resumed("filing", filing) for filing, _ in found}
    return Counter(filing for filing, at in found if at > since[filing])
