"""Put finished entries into the database: each exactly once, or an error."""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import chain
from typing import Any

from django.conf import settings
from django.db import connection

from audit import keys
from audit.body import Entry, body
from audit.commitment import blind_index, key_id, mac
from audit.receipts.committed import send_when_committed
from audit.receipts.outbox import Committed
from audit.round_trips import Statement
from audit.sealed_text import seal_text

Value = int | str | bytes | datetime | uuid.UUID | None
Columns = tuple[uuid.UUID, datetime, str, str, str, str, str, bytes, bytes, str]

_ENTRY = ("eid", "ts", "tenant", "action", "actor", "object", "outcome", "body", "mac", "kid")
_PII = ("entry_id", "field", "subject", "blind_index", "value", "salt")
_COUNTED = (  # the columns of _ENTRY
    "WITH written AS (INSERT INTO audit_entry"
    " (eid, ts, tenant, action, actor, object, outcome, body, mac, kid)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id)"
    " SELECT audit_all_written(count(*), 1) FROM written"
)
# Of no named index: each month has its own on eid, and the months have none of it in common.
_ONCE = "ON CONFLICT DO NOTHING RETURNING eid, id"


class AuditWriteError(Exception):
    """The entry was not written, and the transaction that it belongs to cannot commit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An entry with everything that makes its bytes."""

    entry: Entry
    eid: uuid.UUID
    now: datetime
    salts: Mapping[str, bytes]

    @property
    def body(self) -> bytes:
        """The bytes of the entry, made anew."""
        return body(
            self.entry,
            eid=self.eid,
            now=self.now,
            tenant=settings.AUDIT_TENANT,
            salts=self.salts,
        )


def insert(rows: Sequence[Row]) -> None:
    """Insert the entries in their order; an entry that is there already must say the same.

    :raises AuditWriteError: if the database did not take exactly one row for each
    """
    key = keys.secret("audit-mac")
    kid = key_id(key)
    columns = [_columns(row, key=key, kid=kid) for row in rows]
    written = _execute(
        _statement("audit_entry", _ENTRY, len(rows), _ONCE), chain.from_iterable(columns)
    )
    # A plain INSERT that a trigger or a rule swallowed would look like success; RETURNING tells.
    ids: dict[uuid.UUID, int] = dict(written)
    send_when_committed([_committed(row) for row in columns if row[0] in ids])
    _expect_already_written([row for row in rows if row.eid not in ids])
    personal = [values for row in rows if row.eid in ids for values in _personal(row, ids)]
    if personal:
        _insert_personal(personal)


def insertion(row: Row) -> Statement:
    """Return the statement that inserts one new entry; the database itself sees that it did."""
    key = keys.secret("audit-mac")
    columns = _columns(row, key=key, kid=key_id(key))
    send_when_committed([_committed(columns)])
    return Statement(_COUNTED, columns)


def _columns(row: Row, *, key: bytes, kid: str) -> Columns:
    entry, said = row.entry, row.body
    what = (entry.action, entry.actor, entry.obj, entry.outcome)
    return row.eid, row.now, settings.AUDIT_TENANT, *what, said, mac(body=said, key=key), kid


def _committed(columns: Columns) -> Committed:
    eid, now, *_, said, _mac, _kid = columns
    return eid, now, said


def _personal(row: Row, ids: Mapping[uuid.UUID, int]) -> Iterator[tuple[Value, ...]]:
    key = keys.secret("number-index") if row.entry.pii else b""
    for name, value in row.entry.pii.items():
        index = blind_index(value=value, key=key)
        salt = row.salts[name]
        sealed = seal_text(value, salt=salt)
        yield ids[row.eid], name, row.entry.subject, index, sealed, salt


def _insert_personal(rows: Sequence[tuple[Value, ...]]) -> None:
    written = _execute(
        _statement("audit_pii", _PII, len(rows), "RETURNING entry_id"),
        chain.from_iterable(rows),
    )
    if len(written) != len(rows):
        raise AuditWriteError("The database did not take every personal field of the entry.")


@lru_cache(maxsize=64)
def _statement(table: str, columns: Sequence[str], count: int, then: str) -> str:
    row = f"({', '.join(['%s'] * len(columns))})"
    values = ", ".join([row] * count)
    # Constants of this module, all of them; what the caller says goes in as parameters.
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES {values} {then}"  # noqa: S608  # nosec B608


def _execute(sql: str, values: Iterable[Value]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(values))
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _expect_already_written(rows: Iterable[Row]) -> None:
    """Tell a retry, whose entry is there already with the same bytes, from a lost entry."""
    for row in rows:
        found = _execute("SELECT id, body FROM audit_entry WHERE eid = %s", [row.eid])
        if not found:
            raise AuditWriteError(f"{row.entry.action}: the database took no row.")
        if not _says(row, entry_id=found[0][0], stored=bytes(found[0][1])):
            raise AuditWriteError(f"{row.entry.action}: {row.eid} exists and says otherwise.")


def _says(row: Row, *, entry_id: int, stored: bytes) -> bool:
    salts = {
        name: bytes(salt)
        for name, salt in _execute(
            "SELECT field, salt FROM audit_pii WHERE entry_id = %s", [entry_id]
        )
    }
    # Salts are random: only with those of the first time can the bytes be the same.
    first = Row(entry=row.entry, eid=row.eid, now=row.now, salts=salts)
    return salts.keys() == row.entry.pii.keys() and first.body == stored
