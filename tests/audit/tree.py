"""A tree of leaves, put straight where the sequencer puts what it has sealed."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from hashlib import sha256

from django.db import connection

from audit.models import AuditCheckpoint, AuditEntry, AuditLeaf, AuditState
from tests.audit.verify.making import LOG, ORIGIN, Signer, checkpoint, root

AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
WIDTH = 256


def tiles_of(leaves: Sequence[bytes]) -> Iterator[tuple[int, int, bytes]]:
    """Yield (level, index, hashes) of every tile; levels above as C2SP tlog-tiles has them."""
    level, hashes = 0, list(leaves)
    while hashes:
        for start in range(0, len(hashes), WIDTH):
            yield level, start // WIDTH, b"".join(hashes[start : start + WIDTH])
        whole = len(hashes) // WIDTH
        hashes = [_root(hashes[i * WIDTH : (i + 1) * WIDTH]) for i in range(whole)]
        level += 1


def _root(hashes: Sequence[bytes]) -> bytes:
    while len(hashes) > 1:
        pairs = zip(hashes[::2], hashes[1::2], strict=True)
        hashes = [sha256(b"\x01" + left + right).digest() for left, right in pairs]
    return hashes[0]


def store_tiles(leaves: Sequence[bytes], *, without: tuple[int, int] | None = None) -> None:
    """Store the tree as the sequencer does: what was stored of it before has become more."""
    rows = [tile for tile in tiles_of(leaves) if tile[:2] != without]
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO audit_tile (level, idx, hashes) VALUES (%s, %s, %s)"
            " ON CONFLICT (level, idx) DO UPDATE SET hashes = excluded.hashes",
            rows,
        )


def seal_all(*, by: Sequence[Signer] = (LOG,)) -> bytes:
    """Seal every entry in the order of writing; return the signed checkpoint."""
    entries = list(AuditEntry.objects.order_by("pk").values_list("pk", "body"))
    leaves = [sha256(b"\x00" + bytes(body)).digest() for _, body in entries]
    AuditLeaf.objects.bulk_create(
        AuditLeaf(leaf_index=place, entry_id=entry_id, leaf_hash=leaves[place])
        for place, (entry_id, _) in enumerate(entries)
        if not AuditLeaf.objects.filter(entry_id=entry_id).exists()
    )
    store_tiles(leaves)
    note = checkpoint(leaves, by=by)
    state = {"origin": ORIGIN, "size": len(leaves), "root": root(leaves), "sealed_until": AT}
    AuditState.objects.update_or_create(id=1, defaults=state)
    AuditCheckpoint.objects.create(epoch=1, size=len(leaves), note=note, signed_at=AT)
    return note
