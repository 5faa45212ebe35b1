"""Set right what a crash left behind; nothing here ever dials."""

from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Exists, OuterRef, Q

from compliance.models import Permit, Trunk
from compliance.services.permits_expire import permits_expire
from dialer import streams
from dialer.models import Attempt, Lead, Preview, SeatSession
from dialer.services.call_end import LOST, call_end
from dialer.services.line_record import line_lost
from dialer.services.preview_end import previews_expire

TRUNK = 5 << 56  # advisory lock held by the process that owns a trunk, for as long as it lives
GRACE = timedelta(seconds=15)  # longer than any permit lives
SETTLING = timedelta(seconds=10)  # for a line process to take its trunk back from a new database
OPEN = [Permit.State.ISSUED, Permit.State.REDEEMED]


def leftovers_sweep(*, now: datetime) -> None:
    """Expire permits, close the calls of dead line processes, free leads and seats."""
    permits_expire(now=now)
    previews_expire(now=now, actor="svc:sweep")
    _free_leads(now)
    _free_seats(now)
    for trunk in Trunk.objects.all():
        if _is_orphaned(trunk) and _take(trunk.pk):
            try:
                calls_close_lost(trunk_id=trunk.pk, keep=frozenset(), before=now - GRACE, now=now)
                line_lost(trunk_id=trunk.pk, now=now)
            finally:
                _release(trunk.pk)


def calls_close_lost(
    *, trunk_id: int, keep: frozenset[int], before: datetime, now: datetime
) -> int:
    """Close the trunk's calls that no process holds, as lost: counted, never redialled.

    Only the trunk's owner may do this, `keep` being the attempts that it has up; those opened
    after `before` are left alone.
    """
    up = Attempt.objects.filter(permit__trunk_id=trunk_id, ended_at=None, started_at__lt=before)
    gone = up.exclude(pk__in=keep).values_list("pk", flat=True)
    for attempt_id in gone:
        call_end(attempt_id=attempt_id, end=LOST, actor="svc:sweep", now=now)
    return len(gone)


def _free_leads(now: datetime) -> None:
    has_permit = Permit.objects.filter(
        person=OuterRef("person"), filing=OuterRef("campaign__filing"), state__in=OPEN
    )
    stuck = Lead.objects.filter(state=Lead.State.CLAIMED, claimed_at__lt=now - GRACE)
    seen = Preview.objects.open().filter(lead=OuterRef("pk"))
    stuck.exclude(Exists(has_permit)).exclude(Exists(seen)).update(
        state=Lead.State.WAITING, due_at=now, claimed_at=None
    )


def _free_seats(now: datetime) -> None:
    held = SeatSession.objects.filter(
        state__in=[SeatSession.State.RESERVED, SeatSession.State.ON_CALL],
        since__lt=now - GRACE,
    )
    without_call = held.filter(Q(permit=None) | ~Q(permit__state__in=OPEN))
    without_call.filter(state=SeatSession.State.RESERVED).update(
        state=SeatSession.State.READY, permit=None, since=now
    )
    without_call.filter(state=SeatSession.State.ON_CALL).update(
        state=SeatSession.State.WRAP_UP, permit=None, since=now
    )


def _is_orphaned(trunk: Trunk) -> bool:
    """Tell whether the trunk's line process is gone, not only its lock.

    A database that was killed has lost every lock, while the line process and its calls live: it
    gets the time to take its trunk back, and a trunk that still has a heartbeat has an owner.
    """
    if streams.heartbeat_of(trunk.code) is not None:
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp() - pg_postmaster_start_time()")
        row = cursor.fetchone()
        return bool(row and row[0] > SETTLING)


def _take(trunk_id: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [TRUNK + trunk_id])
        row = cursor.fetchone()
        return bool(row and row[0])


def _release(trunk_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s)", [TRUNK + trunk_id])
