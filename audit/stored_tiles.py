"""Read the tree's hashes from its stored tiles: what a proof needs, in one question."""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import TypeVar

from django.db import connection

from audit.merkle import HASH_BYTES, Node
from audit.sealing.tiles import HEIGHT, in_hashes

KEPT = 2048  # tiles held at once: 16 KB each, when all that can be known of one was asked for

Found = TypeVar("Found")
Key = tuple[int, int]  # level of tiles, index

_READ = """
SELECT t.level, t.idx, t.hashes
  FROM unnest(%s::smallint[], %s::bigint[]) AS wanted(level, idx)
  JOIN audit_tile t ON t.level = wanted.level AND t.idx = wanted.idx
"""


class TileMissingError(Exception):
    """The tree was never stored as far as this, or a tile of it is gone."""


class _Tile:
    """The hashes of a tile and the complete subtrees above them, a level when it is asked for."""

    def __init__(self, hashes: bytes) -> None:
        self.width = len(hashes) // HASH_BYTES
        self._levels = [in_hashes(hashes)]

    def node(self, height: int, place: int) -> bytes:
        while len(self._levels) <= height:
            below = self._levels[-1]
            pairs = zip(below[::2], below[1::2], strict=False)  # an odd one has no parent yet
            self._levels.append([sha256(b"\x01" + left + right).digest() for left, right in pairs])
        return self._levels[height][place]


class StoredTiles:
    """The complete subtrees of the sealed tree.

    What a tile holds never changes, it only becomes more: a tile that was read once is right for
    as long as it is wide enough. One object is for one reading of one tree.
    """

    def __init__(self) -> None:
        self._tiles: OrderedDict[Key, _Tile] = OrderedDict()

    def over(self, work: Callable[[Node], Found]) -> Found:
        """Return what `work` makes of the nodes that it asks for, read in one question.

        `work` is called twice, and asks for the same nodes whatever it is given.

        :raises TileMissingError: if a tile is not stored, or not as wide
        """
        wanted: dict[Key, int] = {}
        work(_Wanted(wanted))
        self._read(key for key, width in wanted.items() if not self._holds(key, width))
        for key, width in wanted.items():
            if not self._holds(key, width):
                raise TileMissingError(f"Tile {key[0]}/{key[1]} is not stored {width} wide.")
        found = work(self.node)
        while len(self._tiles) > KEPT:
            self._tiles.popitem(last=False)
        return found

    def node(self, level: int, index: int) -> bytes:
        """Return the hash of a complete subtree of 2**level leaves, of a tile that was read."""
        key, height, place = _where(level, index)
        self._tiles.move_to_end(key)
        return self._tiles[key].node(height, place)

    def _holds(self, key: Key, width: int) -> bool:
        tile = self._tiles.get(key)
        return tile is not None and tile.width >= width

    def _read(self, keys: Iterable[Key]) -> None:
        wanted = list(keys)
        if not wanted:
            return
        with connection.cursor() as cursor:
            cursor.execute(_READ, [[level for level, _ in wanted], [idx for _, idx in wanted]])
            for level, idx, hashes in cursor.fetchall():
                self._tiles[level, idx] = _Tile(bytes(hashes))


class _Wanted:
    """A node function that notes down how much of which tiles is asked for."""

    def __init__(self, wanted: dict[Key, int]) -> None:
        self._wanted = wanted

    def __call__(self, level: int, index: int) -> bytes:
        key, height, place = _where(level, index)
        self._wanted[key] = max(self._wanted.get(key, 0), (place + 1) << height)
        return b""


def _where(level: int, index: int) -> tuple[Key, int, int]:
    """Return the tile of a node, its height within the tile, and its place at that height."""
    tiles_up, height = divmod(level, HEIGHT)
    in_a_tile = HEIGHT - height
    return (tiles_up, index >> in_a_tile), height, index & ((1 << in_a_tile) - 1)
