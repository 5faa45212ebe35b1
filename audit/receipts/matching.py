"""Hold receipts against the entries: what was committed once must still be there, unchanged."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from django.db import connection

from audit.merkle import leaf_hash
from audit.receipts.receipt import Receipt
from audit.tree_check import ranges_dropped

CHUNK = 1000
_PLACES = "SELECT leaf_index, leaf_hash FROM audit_leaf WHERE leaf_hash = ANY(%s)"
_FOUND = """
    SELECT entry.body
    FROM unnest(%s::uuid[], %s::timestamptz[]) WITH ORDINALITY AS told (eid, ts, place)
    LEFT JOIN audit_entry AS entry ON entry.eid = told.eid AND entry.ts = told.ts
    ORDER BY told.place
"""


@dataclass(frozen=True, slots=True)
class Unmatched:
    """A receipt of which the database no longer holds the entry that it was given for."""

    receipt: Receipt
    changed: bool  # the entry is there, with other bytes in it

    def __str__(self) -> str:
        told = f"{self.receipt.eid} {self.receipt.ts.isoformat()}"
        if self.changed:
            return f"{told}: 条目与回执不符 / the entry is not the one that was committed"
        return f"{told}: 有回执而无条目 / the entry was committed and is gone"


def unmatched(receipts: Iterable[Receipt]) -> Iterator[Unmatched]:
    """Yield the receipts whose entry is gone or is another; nothing, if all is well.

    It is well that an entry went with its month, if the trail itself says that it did.
    """
    waiting = iter(receipts)
    while chunk := list(islice(waiting, CHUNK)):
        bodies = _bodies(chunk)
        gone = [one.leaf for one, body in zip(chunk, bodies, strict=True) if body is None]
        dropped = _dropped(gone) if gone else set()
        for receipt, body in zip(chunk, bodies, strict=True):
            if body is None and receipt.leaf in dropped:
                continue
            if body is None or leaf_hash(body) != receipt.leaf:
                yield Unmatched(receipt, changed=body is not None)


def _dropped(leaves: Sequence[bytes]) -> set[bytes]:
    """Return those of the leaves that are in a range that was dropped; leaves themselves stay."""
    with connection.cursor() as cursor:
        cursor.execute(_PLACES, [list(leaves)])
        places = {bytes(leaf): index for index, leaf in cursor.fetchall()}
    ranges = ranges_dropped()
    return {leaf for leaf, at in places.items() if any(lo <= at < hi for lo, hi in ranges)}


def _bodies(receipts: Sequence[Receipt]) -> list[bytes | None]:
    with connection.cursor() as cursor:
        eids, instants = zip(*((one.eid, one.ts) for one in receipts), strict=True)
        cursor.execute(_FOUND, [list(eids), list(instants)])
        return [None if body is None else bytes(body) for (body,) in cursor.fetchall()]
