"""Erase a subject's personal data from the trail; every entry stays provable, and says less.

What goes is the value and the salt of its commitment: without the salt the commitment tells
nothing, not even to somebody who tries every number. In production this runs as the one role of
the database that may delete these rows.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import connection, transaction

from audit import keys
from audit import record as audit
from audit.body import timestamp
from audit.commitment import blind_index
from audit.privacy.bases import BASES
from audit.privacy.erasure_list import Listed, add, read

_ERASE = """
DELETE FROM audit_pii WHERE (subject = %(subject)s OR blind_index = ANY(%(indexes)s::bytea[]))
    AND (%(until)s::timestamptz IS NULL OR EXISTS (
        SELECT 1 FROM audit_entry e WHERE e.id = entry_id AND e.ts <= %(until)s))
    AND (%(spared)s = '' OR NOT EXISTS (
        SELECT 1 FROM audit_entry e WHERE e.id = entry_id AND e.ts >= %(since)s::timestamptz
            AND split_part(e.object, ':', 1) = %(spared)s))
RETURNING entry_id
"""


class UnknownBasisError(Exception):
    """Nothing is erased without one of the reasons that the law names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spare:
    """Entries about one kind of object, not older than an instant: a floor keeps their fields."""

    kind: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What an erasure took out of the trail."""

    subject: str
    basis: str
    fields: int
    entries: int
    spared: str  # the kind of object whose newer entries keep their fields; "" for none
    since: str


@transaction.atomic(durable=True)
def erase(
    *,
    subject: str,
    basis: str,
    actor: str,
    now: datetime,
    values: Collection[str] = (),
    spare: Spare | None = None,
) -> Erased:
    """Erase every personal field of `subject`, and `values` under whatever subject they stand.

    `spare` is what the law has to be kept: the fields of those entries stay.

    It is put on the list that survives a restored backup first, and then on the trail itself: the
    surrogate, the reason and the count.

    :raises UnknownBasisError: if the basis is none of `audit.privacy.bases`
    :raises ErasureListError: if the list cannot be written; then nothing is erased
    """
    if basis not in BASES:
        raise UnknownBasisError(f"{basis!r} is none of {', '.join(BASES)}.")
    key = keys.secret("number-index")
    listed = Listed(
        subject=subject,
        indexes=tuple(sorted(blind_index(value=value, key=key).hex() for value in values)),
        basis=basis,
        at=timestamp(now),
        spared="" if spare is None else spare.kind,
        since="" if spare is None else timestamp(spare.since),
    )
    erased = _erase(listed, until=None)
    _record(erased, actor=actor, now=now)
    add(listed)  # the last thing before the commit: what fails here undoes the rest
    return erased


def reapply(*, actor: str, now: datetime, path: Path | None = None) -> list[Erased]:
    """Erase again what a restored backup has brought back; return what was there again.

    :raises ErasureListError: if the list cannot be read
    """
    return list(_reapplied(read(path), actor=actor, now=now))


def _reapplied(listed: Iterator[Listed], *, actor: str, now: datetime) -> Iterator[Erased]:
    for one in listed:
        with transaction.atomic(durable=True):
            erased = _erase(one, until=one.instant)
            if erased.fields:
                _record(erased, actor=actor, now=now, first_at=one.at)
                yield erased


def _erase(listed: Listed, *, until: datetime | None) -> Erased:
    with connection.cursor() as cursor:
        cursor.execute(
            _ERASE,
            {
                "subject": listed.subject,
                "indexes": [bytes.fromhex(index) for index in listed.indexes],
                "until": until,
                "spared": listed.spared,
                "since": listed.since or None,
            },
        )
        entries = [entry_id for (entry_id,) in cursor.fetchall()]
    return Erased(
        subject=listed.subject,
        basis=listed.basis,
        spared=listed.spared,
        since=listed.since,
        fields=len(entries),
        entries=len(set(entries)),
    )


def _record(erased: Erased, *, actor: str, now: datetime, first_at: str = "") -> None:
    data: dict[str, object] = {
        "basis": erased.basis,
        "fields": erased.fields,
        "entries": erased.entries,
    }
    if erased.spared:
        data |= {"spared": erased.spared, "spared_since": erased.since}
    if first_at:
        data["first_erased_at"] = first_at  # a backup had brought it back
    audit.record("privacy.erased", obj=erased.subject, actor=actor, now=now, data=data)
