"""A list file as an import reads it: in blocks of rows, each of which can be checked by itself."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count, islice
from typing import NamedTuple

from compliance.lists import Headings, ListFile, Reject, Row

BLOCK = 10_000  # rows


class RowBlock(NamedTuple):
    """Some rows in a row of the file."""

    start: int  # how many rows stand before
    rows: tuple[Row, ...]


class ImportFile(ListFile):
    """An open list that is read in blocks."""

    def blocks(self, *, every: int = 1, first: int = 0) -> Iterator[RowBlock]:
        """Read the blocks, or of every so many blocks one."""
        filled = self._filled()
        for place in count():
            lines = list(islice(filled, BLOCK))
            if not lines:
                return
            if place % every == first:
                yield RowBlock(place * BLOCK, tuple(self._picked(lines)))


@dataclass(frozen=True, slots=True)
class Slice:
    """Some rows of a list, to be checked as a whole list is."""

    headings: Headings
    rows: tuple[Row, ...]

    def __iter__(self) -> Iterator[Row]:
        """Read the rows."""
        return iter(self.rows)


@dataclass(slots=True)
class Checked:
    """What became of the rows of one block."""

    rows: int
    accepted: int = 0
    zones_assumed: int = 0
    cells: list[bytes] = field(default_factory=list)  # of accepted rows, in COPY's binary format
    rejects: list[Reject] = field(default_factory=list)
