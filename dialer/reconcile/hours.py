"""Permits spent, INVITEs sent and calls witnessed, counted by the hour of the wire's clock.

Counts alone: they can be equal while two calls are odd. What is matched call by call is `compare`.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID

from django.db import connection

from audit.uuid7 import milliseconds_of
from compliance.lists.moments import LOCAL
from compliance.models import DemoClock
from dialer.reconcile.comparison import Span
from dialer.reconcile.witness_csv import Witness

_HOUR = timedelta(hours=1)
_LIFE = timedelta(minutes=1)  # of a permit, and more: ten seconds at most until it is spent

_SENT = """
SELECT date_trunc('hour', sent_at), count(*), count(*) FILTER (WHERE permit_id IS NULL)
  FROM dialer_lineinvite WHERE sent_at >= %s AND sent_at < %s GROUP BY 1
"""
# A permit counts in the hour in which its INVITE left; if none did, in that in which it was spent.
_SPENT = """
SELECT date_trunc('hour', at), count(*), count(*) FILTER (WHERE sent IS NULL) FROM (
    SELECT i.sent_at AS sent, coalesce(i.sent_at, p.redeemed_at + %(shift)s::interval) AS at
      FROM compliance_permit p
      LEFT JOIN LATERAL (SELECT min(sent_at) AS sent_at FROM dialer_lineinvite
                          WHERE permit_id = p.id) i ON true
     WHERE p.id >= %(first)s AND p.id < %(last)s AND p.redeemed_at IS NOT NULL) AS spent
 WHERE at >= %(since)s AND at < %(until)s GROUP BY 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hour:
    """The counts of one hour."""

    at: datetime  # UTC instant at which it begins
    permits: int
    never_left: int  # permits spent whose INVITE never left
    line: int
    without_permit: int  # INVITEs that say themselves that they had none
    witnesses: tuple[tuple[str, int], ...]  # name, calls seen

    @property
    def agrees(self) -> bool:
        """Return whether every side counted as many."""
        seen = {count for _, count in self.witnesses}
        return not self.without_permit and {self.permits, self.line} | seen == {self.permits}


def hours(*, span: Span, witnesses: Sequence[Witness]) -> list[Hour]:
    """Return the hours of the span in which anybody counted anything, the newest first."""
    permits, line = _spent(span), _sent(span)
    seen = {one.kind: _witnessed(one, span) for one in witnesses}
    all_hours = {*permits, *line, *(at for counts in seen.values() for at in counts)}
    return [
        Hour(
            at=at,
            permits=permits.get(at, (0, 0))[0],
            never_left=permits.get(at, (0, 0))[1],
            line=line.get(at, (0, 0))[0],
            without_permit=line.get(at, (0, 0))[1],
            witnesses=tuple((name, counts[at]) for name, counts in seen.items()),
        )
        for at in sorted(all_hours, reverse=True)
    ]


def _sent(span: Span) -> dict[datetime, tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(_SENT, [span.since, span.until])
        return {at: (count, odd) for at, count, odd in cursor.fetchall()}


def _spent(span: Span) -> dict[datetime, tuple[int, int]]:
    """Count permits; their ids begin with the millisecond of the stated clock's instant."""
    demo = DemoClock.objects.first()
    shift = demo.started_at - demo.base_at if demo is not None and demo.running else timedelta(0)
    since, until = span.since - shift - _LIFE, span.until - shift
    if demo is not None and not demo.running:  # one that stands still cannot tell: all of them
        since, until = demo.base_at - timedelta(days=3660), demo.base_at + timedelta(days=1)
    with connection.cursor() as cursor:
        cursor.execute(
            _SPENT,
            {
                "shift": f"{shift.total_seconds()} seconds",
                "first": _id_at(since),
                "last": _id_at(until),
                "since": span.since,
                "until": span.until,
            },
        )
        return {at: (count, odd) for at, count, odd in cursor.fetchall()}


def _id_at(at: datetime) -> UUID:
    return UUID(int=milliseconds_of(at) << 80)


def _witnessed(witness: Witness, span: Span) -> Counter[datetime]:
    return Counter(_hour_of(seen.at) for seen in witness.seen if span.holds(seen))


def _hour_of(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


def day_before(now: datetime) -> Span:
    """Return the local day that ended last."""
    today = datetime.combine(now.astimezone(LOCAL).date(), time(), LOCAL)
    return Span(since=today - timedelta(days=1), until=today)
