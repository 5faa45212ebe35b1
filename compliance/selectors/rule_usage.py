"""What each rule did: sums over counted hours, never over the decisions themselves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection
from django.db.models import Max, Sum

from compliance.models import RuleHour

DAYS = 30
HOUR, INSTANT = timedelta(hours=1), timedelta(microseconds=1)

_BY_DAY = """
SELECT (hour AT TIME ZONE 'Asia/Shanghai')::date, sum(allowed), sum(deferred), sum(refused)
  FROM compliance_rulehour WHERE rule = %s AND hour >= %s GROUP BY 1 ORDER BY 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """How often a rule allowed, deferred and refused."""

    allowed: int = 0
    deferred: int = 0
    refused: int = 0

    @property
    def objected(self) -> int:
        """Return how often it stood in the way."""
        return self.deferred + self.refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What every rule did, and up to when that was counted."""

    rules: Mapping[str, Used]
    since: datetime  # the first instant that is counted
    until: datetime | None  # the last; None: nobody has counted yet
    counted_at: datetime | None


def rule_usage(*, now: datetime) -> Usage:
    """Return what every rule did in the last 30 days, in whole hours."""
    since = _next_hour(now - timedelta(days=DAYS))
    rows = RuleHour.objects.filter(hour__gte=since)
    newest = rows.aggregate(hour=Max("hour"), at=Max("counted_at"))
    sums = rows.values_list("rule").annotate(Sum("allowed"), Sum("deferred"), Sum("refused"))
    return Usage(
        rules={
            rule: Used(allowed=allowed, deferred=deferred, refused=refused)
            for rule, allowed, deferred, refused in sums
        },
        since=since,
        until=min(newest["at"], newest["hour"] + HOUR - INSTANT) if newest["at"] else None,
        counted_at=newest["at"],
    )


def _next_hour(at: datetime) -> datetime:
    begun = at.replace(minute=0, second=0, microsecond=0)
    return at if at == begun else begun + HOUR


def rule_days(rule: str, *, now: datetime) -> Sequence[tuple[date, Used]]:
    """Return what one rule did on each local day of the last 30 that has decisions."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_DAY, [rule, _next_hour(now - timedelta(days=DAYS))])
        return [
            (day, Used(allowed=allowed, deferred=deferred, refused=refused))
            for day, allowed, deferred, refused in cursor.fetchall()
        ]
