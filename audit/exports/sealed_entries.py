"""Read sealed entries from front to back, a handful at a time, with what may be disclosed."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db import connection

from audit.sealed_text import open_text

CHUNK = 2000

_ENTRIES = """
SELECT l.leaf_index, l.leaf_hash, e.id, e.body FROM audit_leaf l
  JOIN audit_entry e ON e.id = l.entry_id
 WHERE l.leaf_index = ANY(%s) ORDER BY l.leaf_index
"""
_PERSONAL = "SELECT entry_id, field, value, salt FROM audit_pii WHERE entry_id = ANY(%s)"


class EntryGoneError(Exception):
    """The tree has a leaf whose entry is not there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedEntry:
    """An entry as it is stored, and the hash under which it was sealed."""

    index: int
    body: bytes
    leaf: bytes
    personal: dict[str, tuple[str, bytes]] = field(default_factory=dict)  # value, salt


def sealed_entries(indexes: range | tuple[int, ...], *, disclose: bool) -> Iterator[SealedEntry]:
    """Yield the entries of these leaves, in order.

    :raises EntryGoneError: if one is not there: by retention, or because somebody removed it
    """
    for start in range(0, len(indexes), CHUNK):
        part = indexes[start : start + CHUNK]
        rows = _rows(list(part))
        personal = _personal([row[2] for row in rows]) if disclose else {}
        found = {row[0] for row in rows}
        for index in part:
            if index not in found:
                raise EntryGoneError(f"The entry of leaf {index} is gone.")
        for index, leaf, entry_id, body in rows:
            yield SealedEntry(
                index=index,
                body=bytes(body),
                leaf=bytes(leaf),
                personal=personal.get(entry_id, {}),
            )


def _rows(indexes: list[int]) -> list[tuple[int, bytes, int, bytes]]:
    with connection.cursor() as cursor:
        cursor.execute(_ENTRIES, [indexes])
        rows: list[tuple[int, bytes, int, bytes]] = cursor.fetchall()
        return rows


def _personal(entry_ids: list[int]) -> dict[int, dict[str, tuple[str, bytes]]]:
    found: dict[int, dict[str, tuple[str, bytes]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_PERSONAL, [entry_ids])
        for entry_id, name, value, salt in cursor.fetchall():
            plain = open_text(value, salt=bytes(salt))
            found.setdefault(entry_id, {})[name] = (plain, bytes(salt))
    return found
