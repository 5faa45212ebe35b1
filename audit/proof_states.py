"""Say of entries whether they are sealed, and which checkpoint was the first to cover each."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection

# One question for all: the leaf of each entry, and the first signed checkpoint beyond it.
_STATES = """
SELECT l.entry_id, l.leaf_index,
       (SELECT c.size FROM audit_checkpoint c
         WHERE c.epoch = (SELECT epoch FROM audit_state WHERE id = 1) AND c.size > l.leaf_index
         ORDER BY c.size LIMIT 1)
  FROM audit_leaf l WHERE l.entry_id = ANY(%s)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """Where an entry is in the tree, and the first checkpoint that anybody could hold us to."""

    leaf_index: int
    checkpoint: int | None  # its size; None: a leaf that no checkpoint of this epoch covers yet


def sealed_among(entry_ids: Collection[int]) -> dict[int, Sealed]:
    """Return those of the entries that are in the tree; the others wait to be sealed."""
    if not entry_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_STATES, [list(entry_ids)])
        return {
            entry_id: Sealed(leaf_index=index, checkpoint=size)
            for entry_id, index, size in cursor.fetchall()
        }
