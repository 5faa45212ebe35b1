"""Count what every rule answered, hour by hour; each hour once, and the last two anew."""

from collections import Counter
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Max

from compliance.locks import lock_rule_hours
from compliance.models import RuleHour
from compliance.rulebook.codec import answers_from_text
from compliance.rulebook.decision import Verdict

KEEP = timedelta(days=31)
AGAIN = timedelta(hours=1)  # a decision commits within seconds of its instant
MOST_HOURS = 48  # at one go

_HOURS = """
SELECT DISTINCT date_trunc('hour', at, 'UTC') FROM compliance_decision
 WHERE at >= %s AND at < %s ORDER BY 1 LIMIT %s
"""
# Most decisions of an hour have answers in common: few texts are read, however many were written.
_ANSWERS = """
SELECT answers, count(*) FROM compliance_decision WHERE at >= %s AND at < %s GROUP BY answers
"""


def rule_hours_count(*, now: datetime) -> int:
    """Count the hours that are not counted yet, oldest first; return how many were."""
    since = _first(now)
    with connection.cursor() as cursor:
        cursor.execute(_HOURS, [since, now + AGAIN, MOST_HOURS])
        hours = [hour for (hour,) in cursor.fetchall()]
    for hour in hours:
        _count(hour, now)
    RuleHour.objects.filter(hour__lt=now - KEEP).delete()
    return len(hours)


def _first(now: datetime) -> datetime:
    newest: datetime | None = RuleHour.objects.aggregate(newest=Max("hour"))["newest"]
    oldest = now - KEEP
    return oldest if newest is None else max(oldest, newest - AGAIN)


@transaction.atomic
def _count(hour: datetime, now: datetime) -> None:
    tallies: dict[str, Counter[Verdict]] = {}
    lock_rule_hours()
    with connection.cursor() as cursor:
        cursor.execute(_ANSWERS, [hour, hour + timedelta(hours=1)])
        for text, count in cursor.fetchall():
            for rule, verdict in answers_from_text(text).items():
                tallies.setdefault(rule, Counter())[verdict] += count
    RuleHour.objects.filter(hour=hour).delete()
    RuleHour.objects.bulk_create(
        RuleHour(
            hour=hour,
            rule=rule,
            allowed=tally[Verdict.ALLOW],
            deferred=tally[Verdict.DEFER],
            refused=tally[Verdict.REFUSE],
            counted_at=now,
        )
        for rule, tally in tallies.items()
    )
