"""Tiles of the tree: 256 hashes of every eighth level, as C2SP tlog-tiles has them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Self

from django.db import connection

from audit.merkle import HASH_BYTES, root

HEIGHT = 8
WIDTH = 1 << HEIGHT
KEPT = 1024  # tiles of 8 KiB that one reader remembers

Place = tuple[int, int]  # the level of tiles, and which of that level


class MissingNodeError(LookupError):
    """The tree has no such node, or the tile that holds it is not what it should be."""


class Tiles:
    """The nodes of the tree at one size, from stored tiles; each tile is read once."""

    def __init__(self, *, size: int, read: Callable[[int, int], bytes | None]) -> None:
        self.size = size
        self._tile = lru_cache(maxsize=KEPT)(read)

    @classmethod
    def at(cls, size: int) -> Self:
        """Return the tree of the first `size` leaves, as the database has it."""
        return cls(size=size, read=stored_tile)

    def node(self, level: int, index: int) -> bytes:
        """Return the hash of the complete subtree of 2**level leaves (`audit.merkle.Node`).

        :raises MissingNodeError: if it is beyond the size, or its tile is not there
        """
        if (index + 1) << level > self.size:
            raise MissingNodeError(f"Node {level}/{index} is beyond {self.size} leaves.")
        tile_level, height = divmod(level, HEIGHT)
        tile, place = divmod(index << height, WIDTH)
        hashes = self._tile(tile_level, tile)
        part = (hashes or b"")[place * HASH_BYTES : (place + (1 << height)) * HASH_BYTES]
        if len(part) != HASH_BYTES << height:
            raise MissingNodeError(f"Tile {tile_level}/{tile} does not hold node {level}/{index}.")
        return root(in_hashes(part))


def stored_tile(level: int, idx: int) -> bytes | None:
    """Return what the database has of one tile."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT hashes FROM audit_tile WHERE level = %s AND idx = %s", [level, idx])
        row = cursor.fetchone()
    return bytes(row[0]) if row else None


def in_hashes(tile: bytes) -> list[bytes]:
    """Return the hashes that stand in a tile one after another."""
    return [tile[at : at + HASH_BYTES] for at in range(0, len(tile), HASH_BYTES)]


def edge(size: int) -> Iterator[Place]:
    """Yield the places of the tiles that are not full at this size: those that will grow."""
    level = 0
    while size:
        size, part = divmod(size, WIDTH)
        if part:
            yield level, size
        level += 1


def grown(
    tiles: Mapping[Place, bytes], *, size: int, leaves: Sequence[bytes]
) -> Iterator[tuple[Place, bytes]]:
    """Yield every tile that changes when leaf hashes are added to a tree of `size`.

    `tiles` holds at least those of `edge(size)`.

    :raises MissingNodeError: if one of them is not there as it should be
    """
    level, new = 0, list(leaves)
    while new:
        first, filled = divmod(size, WIDTH)
        before = tiles.get((level, first), b"")[: filled * HASH_BYTES] if filled else b""
        if len(before) != filled * HASH_BYTES:
            raise MissingNodeError(f"Tile {level}/{first} does not hold {filled} hashes.")
        hashes = [*in_hashes(before), *new]
        new = []
        for number, start in enumerate(range(0, len(hashes), WIDTH), first):
            tile = hashes[start : start + WIDTH]
            yield (level, number), b"".join(tile)
            if len(tile) == WIDTH:
                new.append(root(tile))
        level, size = level + 1, first
