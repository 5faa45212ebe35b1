"""Make the tiles and the root again from the leaves, for a log that has to begin anew."""

from django.db import connection

from audit.merkle import root_from
from audit.models import AuditLeaf
from audit.sealing.tiles import WIDTH, Place, Tiles, grown

CHUNK = 64 * WIDTH  # leaves at a time


class LeavesMissingError(Exception):
    """The leaves have a gap: only a backup can fill it."""


def rebuild() -> tuple[int, bytes]:
    """Write every tile as the leaves have it; return the size and the root of their tree.

    :raises LeavesMissingError: if they are not 0, 1, 2 … without a gap
    """
    size = 0
    tiles: dict[Place, bytes] = {}
    while leaves := _leaves(size):
        changed = dict(grown(tiles, size=size, leaves=leaves))
        _write(changed)
        # Full tiles of the lowest level are done with; those above are few.
        tiles = {**tiles, **{place: tile for place, tile in changed.items() if place[0]}}
        tiles.update({place: tile for place, tile in changed.items() if len(tile) < WIDTH * 32})
        size += len(leaves)
    tree = Tiles(size=size, read=lambda level, idx: tiles.get((level, idx)))
    return size, root_from(size, tree.node)


def _leaves(start: int) -> list[bytes]:
    rows = AuditLeaf.objects.filter(leaf_index__gte=start).order_by("leaf_index")
    found = list(rows.values_list("leaf_index", "leaf_hash")[:CHUNK])
    if [index for index, _ in found] != list(range(start, start + len(found))):
        raise LeavesMissingError(f"审计树叶有缺口 / Leaves are missing at or behind {start}.")
    return [bytes(leaf) for _, leaf in found]


def _write(changed: dict[Place, bytes]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO audit_tile (level, idx, hashes) VALUES (%s, %s, %s)"
            " ON CONFLICT (level, idx) DO UPDATE SET hashes = EXCLUDED.hashes",
            [(level, idx, tile) for (level, idx), tile in changed.items()],
        )
