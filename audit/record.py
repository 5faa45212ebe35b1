"""Write one immutable entry of the audit trail, inside the transaction that it tells about."""

import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from django.db import connection, transaction

from audit.body import BodyError, Entry
from audit.canonical import CanonicalError
from audit.commitment import new_salt
from audit.insert import AuditWriteError, Row, insert, insertion
from audit.round_trips import Statement
from audit.uuid7 import milliseconds_of, uuid7

__all__ = ["AuditWriteError", "Entry", "record", "record_many", "recording"]

BATCH = 500  # rows of one statement


def record(
    action: str,
    *,
    obj: str,
    actor: str,
    now: datetime,
    outcome: str = "ok",
    data: Mapping[str, object] | None = None,
    pii: Mapping[str, str] | None = None,
    subject: str | None = None,
    eid: uuid.UUID | None = None,
) -> uuid.UUID:
    """Write one entry in the caller's own transaction and return its identifier.

    `obj` and `actor` are opaque ids (`lead:12345`, `u:17`), `data` holds machine facts with their
    units in the names, `pii` personal fields of `subject`, which stay erasable. A retry gives the
    same `eid`, `now` and facts again, and adds nothing. An `eid` is a UUIDv7 of `now`, to the
    millisecond: by it the database knows the month of which it must be the only one.

    On failure the innermost `atomic()` can no longer commit, whoever catches the error.

    :raises AuditWriteError: outside a transaction, if the entry is not one that may be written,
        or if the database did not take exactly one row
    """
    entry = Entry(
        action=action,
        obj=obj,
        actor=actor,
        outcome=outcome,
        data=data or {},
        pii=pii or {},
        subject=subject,
        eid=eid,
    )
    return record_many([entry], now=now)[0]


def recording(
    action: str,
    *,
    obj: str,
    actor: str,
    now: datetime,
    outcome: str = "ok",
    data: Mapping[str, object] | None = None,
) -> Statement:
    """Return the statement that writes one entry, to be sent with what the entry tells about.

    It is an error in the database if the trail does not take it, so that no COMMIT sent behind it
    can succeed.

    :raises AuditWriteError: outside a transaction, or if the entry is not one that may be written
    """
    _expect_transaction()
    entry = Entry(action=action, obj=obj, actor=actor, outcome=outcome, data=data or {})
    with _no_commit_without_entry():
        return insertion(_row(entry, now=now))


def record_many(entries: Iterable[Entry], *, now: datetime) -> list[uuid.UUID]:
    """Write entries of one instant, in their order; return their identifiers.

    :raises AuditWriteError: as `record`; then none of them is written
    """
    _expect_transaction()
    with _no_commit_without_entry():
        rows = [_row(entry, now=now) for entry in entries]
        if len({row.eid for row in rows}) != len(rows):
            raise AuditWriteError("One batch holds the same `eid` twice.")
        for start in range(0, len(rows), BATCH):
            insert(rows[start : start + BATCH])
    return [row.eid for row in rows]


def _expect_transaction() -> None:
    if not connection.in_atomic_block:
        raise AuditWriteError("An entry belongs to a transaction: call record() inside atomic().")


@contextmanager
def _no_commit_without_entry() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        transaction.set_rollback(True)
        if isinstance(error, BodyError | CanonicalError):
            raise AuditWriteError(str(error)) from error
        raise


def _row(entry: Entry, *, now: datetime) -> Row:
    try:
        eid = entry.eid or uuid7(now)
        of_now = eid.int >> 80 == milliseconds_of(now)
    except ValueError as error:
        raise AuditWriteError(f"{entry.action}: {error}") from error
    if not of_now:
        at = now.isoformat(timespec="milliseconds")
        raise AuditWriteError(f"{entry.action}: {eid} is not of {at}.")
    return Row(entry=entry, eid=eid, now=now, salts={name: new_salt() for name in entry.pii})
