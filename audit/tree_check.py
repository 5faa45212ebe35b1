"""Check the sealed tree against the entries: every leaf, tile, root and checkpoint made anew.

It shares nothing with what seals but the two hash functions. It reads the trail once, in the
order of the leaves, and holds a tile of each level.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.db import connection, transaction

from audit import checkpoint
from audit.check import Check, mac_holds
from audit.growing_tree import GrowingTree
from audit.merkle import leaf_hash
from audit.models import AuditCheckpoint, AuditEntry, AuditState, AuditTile
from audit.note import opened, verifier_of

CHUNK = 2000  # entries held in memory at once

COMPLETE = Check("complete", "已封存而条目不存在，或树叶有缺口", "was sealed, and is gone")
ROWS = Check("rows", "与其树叶哈希不符", "is not what its leaf was made of")
TREE = Check(
    "tree", "与存储的树块或树根不符", "does not make the tiles and the root that are kept"
)
CHECKPOINT = Check("checkpoint", "与已签名的检查点不符", "does not make the checkpoints signed")
PUBLISHED = Check("published", "已发布的检查点不在库中", "is published and gone from the database")
DROPPED = Check("dropped", "称已发布而投递目录中没有", "is said to be published, and is not")
ASIDE = Check("quarantine", "有条目被隔离", "was set aside: it was not written here")

_LEAVES = """
    SELECT leaf.leaf_index, leaf.entry_id, leaf.leaf_hash, entry.body
    FROM audit_leaf AS leaf LEFT JOIN audit_entry AS entry ON entry.id = leaf.entry_id
    ORDER BY leaf.leaf_index
"""
_ASIDE = """
    SELECT entry_id FROM audit_quarantine ORDER BY at, entry_id
    OFFSET (SELECT quarantined FROM audit_state)
"""


@dataclass(frozen=True, slots=True)
class TreeFinding:
    """Something of which one check is not true."""

    what: str  # `entry 7`, `tile 0/3`, `checkpoint 1-40`, `state`
    check: Check


def tree_findings(
    *, keys: Sequence[Ed25519PublicKey], published: Path | None
) -> Iterator[TreeFinding]:
    """Yield what is wrong with the sealed tree; nothing, if all is well.

    `keys` are those that sign the log, `published` the drop folder, if it can be read here.
    """
    # Read before the database is: what is published later has been stored before.
    files = {} if published is None else _files(published)
    alone = not connection.in_atomic_block
    with transaction.atomic():
        if alone:  # one snapshot, so that sealing can go on meanwhile
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        state = AuditState.objects.get()
        yield from _aside()
        notes = list(AuditCheckpoint.objects.order_by("epoch", "size"))
        yield from _unpublished(files, notes)
        yield from () if not files else _not_dropped(published, notes)
        roots = {}
        for row in notes:
            found = _root_told(row, state, keys)
            if found is None:
                yield TreeFinding(f"checkpoint {row.epoch}-{row.size}", CHECKPOINT)
            elif row.epoch == state.epoch:
                roots[row.size] = found
        yield from _Rebuilt(state, roots).findings()


def ranges_dropped() -> list[list[int]]:
    """Return the leaves whose entries went when their time was over, as the trail itself says.

    The newest entry names all of them. Only one that was written here counts: whoever deletes
    entries cannot also say that they were due.
    """
    told = AuditEntry.objects.of("audit.retention_dropped").order_by("-pk")
    for entry in told.iterator(chunk_size=1):
        if mac_holds(entry):
            ranges: list[list[int]] = json.loads(bytes(entry.body))["data"]["ranges"]
            return ranges
    return []


def _aside() -> Iterator[TreeFinding]:
    with connection.cursor() as cursor:
        cursor.execute(_ASIDE)
        yield from (TreeFinding(f"entry {entry}", ASIDE) for (entry,) in cursor.fetchall())


class _Rebuilt:
    """The tree made anew from the entries, with everything stored held against it."""

    def __init__(self, state: AuditState, roots: dict[int, bytes]) -> None:
        self._state = state
        self._roots = roots  # of the epoch's checkpoints, by size
        self._growing = GrowingTree()
        self._seen: set[tuple[int, int]] = set()
        self._dropped = [range(lo, hi) for lo, hi in ranges_dropped()]

    def findings(self) -> Iterator[TreeFinding]:
        """Go through all leaves, then look at what is left over."""
        with connection.chunked_cursor() as cursor:
            cursor.execute(_LEAVES)
            while rows := cursor.fetchmany(CHUNK):
                for row in rows:
                    yield from self._leaf(*row)
        yield from self._left_over()

    def _left_over(self) -> Iterator[TreeFinding]:
        for tile in self._growing.unfinished():
            yield from self._tile(*tile)
        stored = set(AuditTile.objects.values_list("level", "idx"))
        for level, index in sorted(stored - self._seen):
            yield TreeFinding(f"tile {level}/{index}", TREE)
        found = (self._growing.size, self._growing.root())
        if (self._state.size, bytes(self._state.root)) != found:
            yield TreeFinding("state", TREE)
        for size in sorted(filter(None, self._roots)):  # they say more than there is
            yield TreeFinding(f"checkpoint {self._state.epoch}-{size}", CHECKPOINT)

    def _leaf(
        self, place: int, entry: int, stored: bytes, body: bytes | None
    ) -> Iterator[TreeFinding]:
        gone = body is None and not any(place in one for one in self._dropped)
        if gone or place != self._growing.size:
            yield TreeFinding(f"entry {entry}", COMPLETE)
        made = bytes(stored) if body is None else leaf_hash(bytes(body))
        if made != bytes(stored):
            yield TreeFinding(f"entry {entry}", ROWS)
        for tile in self._growing.add(made):
            yield from self._tile(*tile)
        size = self._growing.size
        if size in self._roots and self._roots.pop(size) != self._growing.root():
            yield TreeFinding(f"checkpoint {self._state.epoch}-{size}", CHECKPOINT)

    def _tile(self, level: int, index: int, tile: bytes) -> Iterator[TreeFinding]:
        self._seen.add((level, index))
        stored = AuditTile.objects.filter(level=level, idx=index).values_list("hashes", flat=True)
        if [bytes(one) for one in stored] != [tile]:
            yield TreeFinding(f"tile {level}/{index}", TREE)


def _root_told(
    row: AuditCheckpoint, state: AuditState, keys: Sequence[Ed25519PublicKey]
) -> bytes | None:
    """Return the root that a stored note tells, or None if it is no note of that size and log.

    Those of earlier epochs are about a log that was given up; their signatures are still ours.
    """
    content = bytes(row.note)
    origin = content.partition(b"\n")[0].decode(errors="replace")
    try:
        told = checkpoint.parsed(opened(content, [verifier_of(origin, one) for one in keys]).text)
    except ValueError:
        return None
    ours = row.epoch != state.epoch or told.origin == state.origin
    return told.root if ours and told.size == row.size else None


def _files(folder: Path) -> dict[str, bytes]:
    found = sorted((folder / "checkpoints").glob("[0-9]*-[0-9]*"))
    return {path.name: path.read_bytes() for path in found}


def _unpublished(
    files: dict[str, bytes], notes: Sequence[AuditCheckpoint]
) -> Iterator[TreeFinding]:
    """Yield the checkpoints of the drop folder that the database does not have like this."""
    stored = {f"{row.epoch}-{row.size}": bytes(row.note) for row in notes}
    for name, content in files.items():
        if stored.get(name) != content:
            yield TreeFinding(f"checkpoint {name}", PUBLISHED)


def _not_dropped(folder: Path | None, notes: Sequence[AuditCheckpoint]) -> Iterator[TreeFinding]:
    """Yield the checkpoints that are marked as published and have no file; looked for just now."""
    for row in notes:
        name = f"{row.epoch}-{row.size}"
        if row.published_at and folder and not (folder / "checkpoints" / name).exists():
            yield TreeFinding(f"checkpoint {name}", DROPPED)
