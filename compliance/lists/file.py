"""A list file, open for reading: its kind, its headings, and its rows, as often as asked."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from enum import StrEnum
from operator import itemgetter
from pathlib import Path
from types import TracebackType
from typing import IO, NamedTuple, Protocol, Self

from compliance.lists.columns import Column, Headings
from compliance.lists.finding import Found, find_delimiter, find_sheet
from compliance.lists.problems import EMPTY, ListFileError
from compliance.lists.source import Source
from compliance.lists.text import open_text
from compliance.lists.workbook import SIGNATURE


class Kind(StrEnum):
    """What a list file is."""

    TEXT = "text"
    WORKBOOK = "workbook"


class Row(NamedTuple):
    """One row, of which only the wanted cells were read."""

    line: int  # in the file, from 1; of a workbook, the row number
    cells: tuple[str, ...]  # in the order of `ListFile.headings.keys`
    surplus: bool = False  # it has more cells than the heading row: some comma was not quoted


class RowSource(Protocol):
    """Rows under headings: a list, or a part of one."""

    @property
    def headings(self) -> Headings:
        """Return the columns that are read."""

    def __iter__(self) -> Iterator[Row]:
        """Read the rows."""


class ListFile:
    """An open list. Iterate over it as often as needed; every time it starts from the top."""

    def __init__(
        self, *, path: Path, columns: Sequence[Column], opened: IO[bytes] | None = None
    ) -> None:
        """Open and check the whole file; see `open_rows`.

        :param opened: the content, if it has a name but no place of its own; closed in the end
        """
        self.path = path
        self.encoding = ""
        self._stack = ExitStack()
        self._source = Source.open(path) if opened is None else Source(opened)
        self._stack.callback(self._source.close)
        try:
            self._found = self._find(columns)
            self.row_count = self._count()
        except BaseException:
            self.close()
            raise

    @property
    def kind(self) -> Kind:
        """Say what the file is."""
        return Kind.TEXT if self.encoding else Kind.WORKBOOK

    @property
    def headings(self) -> Headings:
        """Return the columns that are read, and the names of those that are not."""
        return self._found.headings

    @property
    def delimiter(self) -> str:
        """Return the text table's delimiter; empty for a workbook."""
        return self._found.delimiter

    @property
    def sheet(self) -> str:
        """Return the workbook's sheet; empty for a text table."""
        return self._found.sheet

    def sha256(self) -> str:
        """Return the digest of the file, hex."""
        return self._source.sha256()

    def __iter__(self) -> Iterator[Row]:
        """Read the rows under the heading that are not blank.

        :raises ListFileError: if the file was changed since it was opened
        """
        return self._picked(self._filled())

    def _picked(self, rows: Iterable[tuple[int, list[str]]]) -> Iterator[Row]:
        """Take the wanted cells out of whole rows."""
        width = self.headings.width
        pick = _picker(self.headings.positions)
        for line, cells in rows:
            surplus = len(cells) > width and not _blank(cells[width:])
            yield Row(line, pick(cells), surplus)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file and of what was unpacked from it."""
        self._stack.close()

    def _count(self) -> int:
        """Read everything once, so that damage shows before anything is used."""
        count = sum(1 for _ in self._filled())
        if not count:
            raise ListFileError(EMPTY)
        return count

    def _filled(self) -> Iterator[tuple[int, list[str]]]:
        """Read the whole rows under the heading that are not blank."""
        self._source.check_unchanged()
        top = self._found.heading_line
        for line, cells in self._found.rows():
            if line > top and not _blank(cells):
                yield line, cells
        self._source.check_unchanged()

    def _find(self, columns: Sequence[Column]) -> Found:
        head = next(self._source.blocks())
        if head.startswith(SIGNATURE):
            return find_sheet(self._source, columns, self._stack)
        table = open_text(self._source)
        self.encoding = table.encoding
        return find_delimiter(table, columns)


def open_rows(path: Path, *, columns: Sequence[Column]) -> ListFile:
    """Open a CSV, TSV or XLSX list and make sure that all of it can be read.

    The first visible sheet with a heading row is taken. The text's encoding and delimiter are
    found by themselves. Cells outside `columns` are never handed out.

    :raises ListFileError: if the file or its headings cannot be trusted; nothing has been used
    """
    return ListFile(path=path, columns=columns)


def _blank(cells: list[str]) -> bool:
    if cells and cells[0] and not cells[0].isspace():
        return False  # as of most rows
    joined = "".join(cells)
    return not joined or joined.isspace()


def _picker(positions: tuple[int, ...]) -> Callable[[list[str]], tuple[str, ...]]:
    """Make the function that takes the wanted cells out of a row; missing ones are empty."""
    last = max(positions)
    if len(positions) == 1:
        return lambda cells: (cells[last] if last < len(cells) else "",)
    take: Callable[[list[str]], tuple[str, ...]] = itemgetter(*positions)

    def pick(cells: list[str]) -> tuple[str, ...]:
        missing = last + 1 - len(cells)
        return take(cells if missing <= 0 else cells + [""] * missing)

    return pick
