"""Write one immutable entry of the audit trail, inside the transaction that it tells about."""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from django.conf import settings
from django.db import connection, transaction

from audit import keys
from audit.body import BodyError, Entry, body
from audit.canonical import CanonicalError
from audit.commitment import blind_index, key_id, mac, new_salt
from audit.uuid7 import uuid7

__all__ = ["AuditWriteError", "Entry", "record", "record_many"]

BATCH = 500  # rows of one statement

_COLUMNS = "eid, ts, tenant, action, actor, object, outcome, body, mac, kid"
_ENTRY = f"({', '.join(['%s'] * 10)})"
_PII_COLUMNS = "entry_id, field, subject, blind_index, value, salt"
_PII = f"({', '.join(['%s'] * 6)})"


class AuditWriteError(Exception):
    """The entry was not written, and the transaction that it belongs to cannot commit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    entry: Entry
    eid: uuid.UUID
    now: datetime
    salts: dict[str, bytes]
    body: bytes


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
    same `eid`, `now` and facts again, and adds nothing.

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


def record_many(entries: Iterable[Entry], *, now: datetime) -> list[uuid.UUID]:
    """Write entries of one instant, in their order; return their identifiers.

    :raises AuditWriteError: as `record`; then none of them is written
    """
    if not connection.in_atomic_block:
        raise AuditWriteError("An entry belongs to a transaction: call record() inside atomic().")
    with _no_commit_without_entry():
        rows = [_row(entry, now=now) for entry in entries]
        for start in range(0, len(rows), BATCH):
            _write(rows[start : start + BATCH])
    return [row.eid for row in rows]


@contextmanager
def _no_commit_without_entry() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        transaction.set_rollback(True)
        if isinstance(error, (BodyError, CanonicalError)):
            raise AuditWriteError(str(error)) from error
        raise


def _row(entry: Entry, *, now: datetime) -> _Row:
    salts = {name: new_salt() for name in entry.pii}
    try:
        eid = entry.eid or uuid7(now)
    except ValueError as error:
        raise AuditWriteError(f"{entry.action}: {error}") from error
    return _Row(entry=entry, eid=eid, now=now, salts=salts, body=_body(entry, eid, now, salts))


def _body(entry: Entry, eid: uuid.UUID, now: datetime, salts: Mapping[str, bytes]) -> bytes:
    return body(entry, eid=eid, now=now, tenant=settings.AUDIT_TENANT, salts=salts)


def _write(rows: Sequence[_Row]) -> None:
    key = keys.secret("audit-mac")
    kid = key_id(key)
    written = _insert(
        f"INSERT INTO audit_entry ({_COLUMNS}) VALUES {', '.join([_ENTRY] * len(rows))}"
        " ON CONFLICT (eid) DO NOTHING RETURNING eid, id",
        [_columns(row, key=key, kid=kid) for row in rows],
    )
    ids: dict[uuid.UUID, int] = dict(written)
    if len(ids) != len(rows):
        _expect_already_written([row for row in rows if row.eid not in ids])
    personal = [values for row in rows if row.eid in ids for values in _personal(row, ids)]
    if personal:
        _write_personal(personal)


def _columns(row: _Row, *, key: bytes, kid: str) -> tuple[object, ...]:
    entry = row.entry
    return (
        row.eid,
        row.now,
        settings.AUDIT_TENANT,
        entry.action,
        entry.actor,
        entry.obj,
        entry.outcome,
        row.body,
        mac(body=row.body, key=key),
        kid,
    )


def _personal(row: _Row, ids: Mapping[uuid.UUID, int]) -> Iterator[tuple[object, ...]]:
    key = keys.secret("number-index") if row.entry.pii else b""
    for name, value in row.entry.pii.items():
        index = blind_index(value=value, key=key)
        yield ids[row.eid], name, row.entry.subject, index, value, row.salts[name]


def _write_personal(rows: Sequence[tuple[object, ...]]) -> None:
    written = _insert(
        f"INSERT INTO audit_pii ({_PII_COLUMNS}) VALUES {', '.join([_PII] * len(rows))}"
        " RETURNING entry_id",
        rows,
    )
    if len(written) != len(rows):
        raise AuditWriteError("The database did not take every personal field of the entry.")


def _insert(sql: str, rows: Sequence[tuple[object, ...]]) -> list[tuple[uuid.UUID, int]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(chain.from_iterable(rows)))
        return cursor.fetchall()


def _expect_already_written(rows: Iterable[_Row]) -> None:
    """Tell a retry, whose entry is there already with the same bytes, from a lost entry."""
    for row in rows:
        with connection.cursor() as cursor:
            cursor.execute("SELECT id, body FROM audit_entry WHERE eid = %s", [row.eid])
            found = cursor.fetchone()
            if found is None:
                raise AuditWriteError(f"{row.entry.action}: the database took no row.")
            cursor.execute("SELECT field, salt FROM audit_pii WHERE entry_id = %s", [found[0]])
            salts = {name: bytes(salt) for name, salt in cursor.fetchall()}
        # Salts are random: only with those of the first time can the bytes be the same.
        same_fields = salts.keys() == row.entry.pii.keys()
        if not same_fields or _body(row.entry, row.eid, row.now, salts) != bytes(found[1]):
            raise AuditWriteError(
                f"{row.entry.action}: entry {row.eid} exists and says otherwise."
            )
