"""A tree and its C2SP tiles made leaf by leaf, holding a tile of each level and no more.

What seals does it otherwise, by batches and from what is stored: this is the second opinion.
"""

from collections.abc import Iterator

from audit.merkle import EMPTY_ROOT, node_hash, root

WIDTH = 256  # hashes of a tile, https://c2sp.org/tlog-tiles


class GrowingTree:
    """A tree that is made anew, leaf by leaf."""

    def __init__(self) -> None:
        self.size = 0
        self._tiles: list[list[bytes]] = []  # the unfinished one of each level
        self._peaks: list[tuple[int, bytes]] = []  # complete subtrees, the largest first

    def add(self, leaf: bytes) -> Iterator[tuple[int, int, bytes]]:
        """Add a leaf; yield level, index and bytes of every tile that it fills."""
        level, found, index = 0, leaf, self.size
        self.size += 1
        while True:
            if len(self._tiles) == level:
                self._tiles.append([])
            self._tiles[level].append(found)
            if len(self._tiles[level]) < WIDTH:
                break
            yield level, index // WIDTH, b"".join(self._tiles[level])
            found, index = root(self._tiles[level]), index // WIDTH
            self._tiles[level] = []
            level += 1
        self._peak(leaf)

    def unfinished(self) -> Iterator[tuple[int, int, bytes]]:
        """Yield the tiles that are not full."""
        for level, hashes in enumerate(self._tiles):
            if hashes:
                yield level, self.size // WIDTH ** (level + 1), b"".join(hashes)

    def root(self) -> bytes:
        """Return the root of all leaves so far."""
        if not self._peaks:
            return EMPTY_ROOT
        *left, (_, found) = self._peaks
        for _, peak in reversed(left):
            found = node_hash(peak, found)
        return found

    def _peak(self, leaf: bytes) -> None:
        height, found = 0, leaf
        while self._peaks and self._peaks[-1][0] == height:
            found = node_hash(self._peaks.pop()[1], found)
            height += 1
        self._peaks.append((height, found))
