"""Drop a month of the trail that has been kept long enough; what proves it stays.

The month's entries and their personal data go. Leaves, tiles, checkpoints and anchors stay: every
proof that was handed out verifies as before, and the tree can be made anew. What went is said by
an entry, whose ranges are all that was ever dropped; without it, what is gone is a finding.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from psycopg.sql import SQL, Identifier

from audit import record as audit
from audit.body import timestamp
from audit.models import AuditCheckpoint, AuditDropped, AuditLegalHold, AuditState
from audit.tree_check import ranges_dropped

KEEP_DAYS = 1827  # five years
FLOOR_DAYS = 1827  # nothing shortens it: RULEBOOK REC-03 asks three years of calls and consents

_SEEN = """
SELECT count(*), count(l.leaf_index), min(e.ts), max(e.ts), coalesce(max(l.leaf_index), -1)
FROM {part} e LEFT JOIN audit_leaf l ON l.entry_id = e.id
"""
_RANGES = """
SELECT min(place), max(place) + 1 FROM (
    SELECT leaf_index AS place, leaf_index - row_number() OVER (ORDER BY leaf_index) AS island
    FROM audit_leaf JOIN {part} e ON e.id = entry_id) AS places
GROUP BY island ORDER BY 1
"""
_HASHES = """
SELECT leaf_hash FROM audit_leaf JOIN {part} e ON e.id = entry_id ORDER BY leaf_index
"""


class NotYetError(Exception):
    """The month has to stay, for the reason given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What went: the data of the entry that says so, and its identifier."""

    eid: UUID
    data: dict[str, Any]


def months_over(*, keep_days: int, now: datetime) -> list[date]:
    """Return the months that have been kept so long, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT to_date(right(relname, 7), 'YYYY_MM') FROM pg_class"
            " JOIN pg_inherits ON inhrelid = oid WHERE inhparent = 'audit_entry'::regclass"
            " AND relname <> 'audit_entry_default' ORDER BY 1"
        )
        months = [month for (month,) in cursor.fetchall()]
    before = now - timedelta(days=max(keep_days, FLOOR_DAYS))
    return [month for month in months if _end(month) <= before]


@transaction.atomic(durable=True)
def month_drop(*, month: date, keep_days: int, actor: str, now: datetime) -> Certificate:
    """Drop the entries of one month, as the owner of the tables.

    :raises NotYetError: if the month is too young, on hold, or not sealed and published whole
    """
    if month not in months_over(keep_days=keep_days, now=now):
        raise NotYetError(f"{month:%Y-%m} 保存期未满 / is not there, or not kept long enough.")
    last = _end(month).date() - timedelta(days=1)
    if AuditLegalHold.objects.filter(lifted_at=None, since__lte=last, until__gte=month).exists():
        raise NotYetError(f"{month:%Y-%m} 处于法律保全中 / is under a legal hold.")
    part = Identifier(f"audit_entry_{month:%Y_%m}")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '5s'")  # whoever records waits no longer
        cursor.execute(SQL(_SEEN).format(part=part))
        count, sealed, first, newest, top = cursor.fetchone()
        if count != sealed:
            raise NotYetError(f"{count - sealed} 条尚未封存 / entries of it are not sealed.")
        signed = _published_over(top)
        cursor.execute(SQL(_RANGES).format(part=part))
        ranges = [list(row) for row in cursor.fetchall()]
    digest = hashlib.sha256()
    with connection.chunked_cursor() as hashes:
        hashes.execute(SQL(_HASHES).format(part=part))
        while rows := hashes.fetchmany(10_000):
            digest.update(b"".join(bytes(row[0]) for row in rows))
    data = {
        "month": f"{month:%Y-%m}",
        "entries": count,
        "dropped": ranges,
        "ranges": _merged([*ranges_dropped(), *ranges]),
        "first_ts": timestamp(first) if first else None,
        "last_ts": timestamp(newest) if newest else None,
        "leaves_sha256": digest.hexdigest(),
        "checkpoint_epoch": signed.epoch if signed else None,
        "checkpoint_size": signed.size if signed else None,
        "checkpoint_sha256": hashlib.sha256(signed.note).hexdigest() if signed else None,
        "keep_days": keep_days,
    }
    eid = audit.record(
        "audit.retention_dropped",
        obj=f"audit_month:{month:%Y-%m}",
        actor=actor,
        now=now,
        data=data,
    )
    AuditDropped.objects.bulk_create(
        AuditDropped(lo=lo, hi=hi, month=month, certificate=eid) for lo, hi in ranges
    )
    with connection.cursor() as cursor:
        personal = "DELETE FROM audit_pii WHERE entry_id IN (SELECT id FROM {})"
        cursor.execute(SQL(personal).format(part))
        cursor.execute("LOCK TABLE audit_entry IN ACCESS EXCLUSIVE MODE")
        cursor.execute(SQL("SELECT count(*) FROM {}").format(part))
        if cursor.fetchone() != (count,):
            raise NotYetError("期间有新条目写入 / An entry was added meanwhile.")
        cursor.execute(SQL("ALTER TABLE audit_entry DETACH PARTITION {}").format(part))
        cursor.execute(SQL("DROP TABLE {}").format(part))
    return Certificate(eid=eid, data=data)


def _published_over(top: int) -> AuditCheckpoint | None:
    """Return the newest published checkpoint, which covers the leaf `top`; None if there is none.

    :raises NotYetError: if none covers it
    """
    if top < 0:
        return None
    published = AuditCheckpoint.objects.filter(
        epoch=AuditState.objects.get().epoch, published_at__isnull=False, size__gt=top
    )
    newest = published.order_by("size").last()
    if newest is None:
        raise NotYetError("尚无已发布的检查点覆盖 / No published checkpoint covers it.")
    return newest


def _merged(ranges: list[list[int]]) -> list[list[int]]:
    found: list[list[int]] = []
    for lo, hi in sorted(ranges):
        if found and lo <= found[-1][1]:
            found[-1][1] = max(found[-1][1], hi)
        else:
            found.append([lo, hi])
    return found


def _end(month: date) -> datetime:
    following = (month.replace(day=1) + timedelta(days=32)).replace(day=1)
    return datetime.combine(following, time(), UTC)
