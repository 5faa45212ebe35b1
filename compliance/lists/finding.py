"""Finds where in a file the list is: the sheet or delimiter, and the heading row."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import islice
from operator import itemgetter

from compliance.lists.columns import NUMBER, Column, Headings, labels, map_headings, named
from compliance.lists.problems import EMPTY, NO_HEADING, ListFileError
from compliance.lists.source import Source
from compliance.lists.text import DELIMITERS, TextTable
from compliance.lists.workbook import Spool, spools
from compliance.numbers import NumberProblem, normalise

LOOKED = 10  # rows, blank ones not counted, among which the heading row must be

RawRows = Callable[[], Iterator[tuple[int, list[str]]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A table whose heading row was found."""

    headings: Headings
    heading_line: int  # 0: none, a single column of numbers
    rows: RawRows
    delimiter: str = ""
    sheet: str = ""


def find_delimiter(table: TextTable, columns: Sequence[Column]) -> Found:
    """Take the delimiter under which most of the wanted headings appear.

    :raises ListFileError: if they appear under none
    """
    found: list[Found] = []
    errors: list[tuple[int, ListFileError]] = []
    for delimiter in DELIMITERS:
        rows = _rows_of(table, delimiter)
        try:
            headings, line = _find_heading(rows, columns)
            found.append(
                Found(headings=headings, heading_line=line, rows=rows, delimiter=delimiter)
            )
        except ListFileError as error:
            errors.append((_width(rows), error))
    if not found:
        raise max(errors, key=itemgetter(0))[1]
    return max(found, key=lambda one: (len(one.headings.keys), one.headings.width))


def _rows_of(table: TextTable, delimiter: str) -> RawRows:
    return lambda: table.rows(delimiter)


def _width(rows: RawRows) -> int:
    """Count the cells of the first row that has any, as far as it can be read."""
    try:
        return max((len(cells) for _, cells in islice(rows(), LOOKED)), default=0)
    except ListFileError:
        return 0


def find_sheet(source: Source, columns: Sequence[Column], stack: ExitStack) -> Found:
    """Take the first visible sheet with a heading row; `stack` will delete what was unpacked.

    :raises ListFileError: if no sheet has one, or the workbook cannot be trusted
    """
    errors: list[ListFileError] = []
    for spool in spools(source):
        stack.callback(spool.close)
        try:
            return _in_sheet(spool, columns)
        except ListFileError as error:
            errors.append(error)
    raise errors[0] if errors else ListFileError(EMPTY)


def _in_sheet(spool: Spool, columns: Sequence[Column]) -> Found:
    headings, line = _find_heading(spool.rows, columns)
    return Found(headings=headings, heading_line=line, rows=spool.rows, sheet=spool.title)


def _find_heading(rows: RawRows, columns: Sequence[Column]) -> tuple[Headings, int]:
    """Find the heading row and its line, or line 0 for a bare column of numbers."""
    filled = ((line, cells) for line, cells in rows() if any(map(str.strip, cells)))
    top = list(islice(filled, LOOKED))
    if not top:
        raise ListFileError(EMPTY)
    errors: list[tuple[int, ListFileError]] = []
    for line, cells in top:
        try:
            return map_headings(cells, columns), line
        except ListFileError as error:
            errors.append((_likeness(cells, columns), error))
    bare = _bare_column([cells for _, cells in top], columns)
    if bare:
        return bare, 0
    likeness, nearest = max(errors, key=itemgetter(0))
    if likeness:
        raise nearest
    raise ListFileError(
        NO_HEADING.filled(looked=len(top), found=named(top[0][1]), wanted=labels(columns))
    )


def _likeness(cells: Sequence[str], columns: Sequence[Column]) -> int:
    """Count the cells that are headings on their own, to name the row that was meant as one."""
    loose = [replace(col, needs="") for col in columns]
    return sum(bool(map_headings([cell], loose).keys) for cell in cells)


def _bare_column(top: list[list[str]], columns: Sequence[Column]) -> Headings | None:
    """Accept a list of nothing but numbers, one a row, when nothing else is needed."""
    needed = {col.needs for col in columns if col.needs}
    number = next((col for col in columns if col.key == NUMBER), None)
    if number is None or needed != {number.needs} or any(len(cells) > 1 for cells in top):
        return None
    try:
        normalise(top[0][0])
    except NumberProblem:
        return None
    return Headings(keys=(NUMBER,), positions=(0,), titles=(number.label.zh,), dropped=(), width=1)
