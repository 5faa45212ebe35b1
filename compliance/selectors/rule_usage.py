"""What each rule did: sums over counted hours, never over the decisions themselves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection
from django.db.models import Max, Sum

from compliance.models import RuleHour

DAYS = 30

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
    counted_at: datetime | None  # None: nobody has counted yet


def rule_usage(*, now: datetime) -> Usage:
    """Return what every rule did in the last 30 days."""
    rows = RuleHour.objects.filter(hour__gte=now - timedelta(days=DAYS))
    sums = rows.values_list("rule").annotate(Sum("allowed"), Sum("deferred"), Sum("refused"))
    return Usage(
        rules={
            rule: Used(allowed=allowed, deferred=deferred, refused=refused)
            for rule, allowed, deferred, refused in sums
        },
        counted_at=rows.aggregate(at=Max("counted_at"))["at"],
    )


def rule_days(rule: str, *, now: datetime) -> Sequence[tuple[date, Used]]:
    """Return what one rule did on each local day of the last 30 that has decisions."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_DAY, [rule, now - timedelta(days=DAYS)])
        return [
            (day, Used(allowed=allowed, deferred=deferred, refused=refused))
            for day, allowed, deferred, refused in cursor.fetchall()
        ]
