"""Give waiting entries their places in the tree: one batch, one transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, connection, transaction

from audit.actions import URGENT
from audit.check import code_holds
from audit.merkle import leaf_hash, root_from
from audit.sealing.reached import Reached, pass_by
from audit.sealing.tiles import Place, Tiles, edge, grown

BATCH = 5000  # entries

# The oldest first, by id: what was committed before another entry was begun has the smaller one.
# An entry that is queued a second time, or is there twice, must not stand in the others' way.
# The entries are read as one span of ids: to ask every month for each id would cost more than all
# the rest of sealing it.
_WAITING = """
WITH waiting AS MATERIALIZED (
    SELECT entry_id FROM audit_pending ORDER BY entry_id LIMIT %s
)
SELECT waiting.entry_id, entry.body, entry.mac, entry.kid, entry.action, leaf.entry_id IS NOT NULL
FROM waiting
LEFT JOIN audit_entry AS entry ON entry.id = waiting.entry_id
    AND entry.id >= (SELECT min(entry_id) FROM waiting)
    AND entry.id <= (SELECT max(entry_id) FROM waiting)
LEFT JOIN audit_leaf AS leaf ON leaf.entry_id = waiting.entry_id
ORDER BY waiting.entry_id
"""


class BrokenTreeError(Exception):
    """The stored tiles, the leaves and the state do not belong together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """What one batch did."""

    taken: int  # from the queue
    sealed: int
    quarantined: int
    size: int  # of the tree, when it had committed
    urgent: bool  # an entry's action asks for a signature at once


@dataclass(slots=True)
class _Sorted:
    """The entries of a batch, looked at."""

    ids: list[int] = field(default_factory=list)
    leaves: list[bytes] = field(default_factory=list)
    bad: dict[int, str] = field(default_factory=dict)
    urgent: bool = False


def seal_batch(*, limit: int = BATCH, reached: Reached = pass_by) -> Sealed:
    """Seal the oldest waiting entries; those that were not written here are put in quarantine.

    :raises BrokenTreeError: if the tree is not as it was left; then nothing has changed
    """
    with transaction.atomic(durable=True):
        sealed = seal_in_transaction(limit=limit, reached=reached)
        reached("leaves written")
    reached("batch committed")
    return sealed


def seal_in_transaction(*, limit: int = BATCH, reached: Reached = pass_by) -> Sealed:
    """Do what `seal_batch` does, in the caller's transaction.

    :raises BrokenTreeError: as it does
    """
    with connection.cursor() as cursor:
        # What will be signed must never be lost, whatever the server's setting.
        cursor.execute("SET LOCAL synchronous_commit = on")
        cursor.execute("SELECT size, root FROM audit_state WHERE id = 1 FOR UPDATE")
        size, root = cursor.fetchone()
        cursor.execute(_WAITING, [limit])
        found = _sorted(cursor.fetchall())
        reached("queue read")
        if found.ids:
            _add(cursor, found, size=size, root=bytes(root))
        if found.bad:
            _set_aside(cursor, found.bad)
        _take_off(cursor, [*found.ids, *found.bad])
    return Sealed(
        taken=len(found.ids) + len(found.bad),
        sealed=len(found.ids),
        quarantined=len(found.bad),
        size=size + len(found.ids),
        urgent=found.urgent,
    )


def _sorted(rows: Iterable[tuple[Any, ...]]) -> _Sorted:
    found = _Sorted()
    for entry_id, body, code, kid, action, sealed in rows:
        reason = _objection(body, code, kid, sealed=sealed)
        if found.ids and found.ids[-1] == entry_id:
            found.ids.pop()
            found.leaves.pop()
            reason = "double"
        if reason or entry_id in found.bad:
            found.bad.setdefault(entry_id, reason)
            continue
        found.ids.append(entry_id)
        found.leaves.append(leaf_hash(body))
        found.urgent = found.urgent or action in URGENT
    return found


def _objection(body: bytes | None, code: bytes, kid: str, *, sealed: bool) -> str:
    """Return why an entry cannot be sealed, or nothing."""
    if sealed:
        return "sealed"
    if body is None:
        return "missing"
    return "" if code_holds(body=bytes(body), code=bytes(code), kid=kid) else "mac"


def _add(cursor: Any, found: _Sorted, *, size: int, root: bytes) -> None:
    after = size + len(found.ids)
    tiles = _stored(cursor, edge(size))
    if _root(tiles, size) != root:
        raise BrokenTreeError("The stored tiles do not have the root that was committed.")
    _add_leaves(cursor, zip(range(size, after), found.ids, found.leaves, strict=True))
    changed = dict(grown(tiles, size=size, leaves=found.leaves))
    cursor.executemany(
        "INSERT INTO audit_tile (level, idx, hashes) VALUES (%s, %s, %s)"
        " ON CONFLICT (level, idx) DO UPDATE SET hashes = EXCLUDED.hashes",
        [(level, idx, hashes) for (level, idx), hashes in changed.items()],
    )
    cursor.execute(
        "UPDATE audit_state SET size = %s, root = %s WHERE id = 1 AND size = %s",
        [after, _root({**tiles, **changed}, after), size],
    )
    if cursor.rowcount != 1:
        raise BrokenTreeError("The state of sealing was not written.")


def _add_leaves(cursor: Any, rows: Iterable[tuple[int, int, bytes]]) -> None:
    try:
        with (
            connection.wrap_database_errors,
            cursor.copy(
                "COPY audit_leaf (leaf_index, entry_id, leaf_hash) FROM STDIN (FORMAT BINARY)"
            ) as copy,
        ):
            copy.set_types(["int8", "int8", "bytea"])
            for row in rows:
                copy.write_row(row)
    except IntegrityError as error:
        raise BrokenTreeError("There are leaves that the state does not know of.") from error


def _stored(cursor: Any, places: Iterable[Place]) -> dict[Place, bytes]:
    wanted = list(places)
    cursor.execute(
        "SELECT level, idx, hashes FROM audit_tile"
        " JOIN unnest(%s::smallint[], %s::bigint[]) AS wanted (level, idx) USING (level, idx)",
        [[level for level, _ in wanted], [idx for _, idx in wanted]],
    )
    return {(level, idx): bytes(hashes) for level, idx, hashes in cursor.fetchall()}


def _root(tiles: dict[Place, bytes], size: int) -> bytes:
    """Return the root that the tiles of the edge have."""
    try:
        return root_from(size, Tiles(size=size, read=lambda *place: tiles.get(place)).node)
    except LookupError as error:
        raise BrokenTreeError(str(error)) from error


def _set_aside(cursor: Any, bad: dict[int, str]) -> None:
    cursor.execute(
        "INSERT INTO audit_quarantine (entry_id, reason, at)"
        " SELECT entry_id, reason, clock_timestamp()"
        " FROM unnest(%s::bigint[], %s::text[]) AS bad (entry_id, reason)"
        " ON CONFLICT (entry_id) DO NOTHING",
        [list(bad), list(bad.values())],
    )
    cursor.execute(
        "UPDATE audit_state SET stopped = 'quarantine', stopped_at = clock_timestamp()"
        " WHERE id = 1 AND stopped = ''"
    )


def _take_off(cursor: Any, ids: Sequence[int]) -> None:
    cursor.execute("DELETE FROM audit_pending WHERE entry_id = ANY(%s)", [list(ids)])
    if cursor.rowcount != len(ids):
        raise BrokenTreeError("The queue changed while its entries were sealed.")
