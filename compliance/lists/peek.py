"""Look at the top of a list before anybody has said which column is which."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import IO

from compliance.lists.columns import Column, labels, named, proposed
from compliance.lists.finding import LOOKED
from compliance.lists.problems import EMPTY, NO_HEADING, ListFileError
from compliance.lists.source import Source
from compliance.lists.text import DELIMITERS, open_text
from compliance.lists.workbook import SIGNATURE, tops
from compliance.numbers import NumberProblem, mask_text, normalise

SAMPLES = 3
MANY_DIGITS = 5  # of a cell that may be somebody's number
SHOWN_SIGNS = 8  # of a cell, of which all but the first are hidden
MOST_COLUMNS = 60  # that anybody would map by hand

Rows = list[list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Peek:
    """The heading row and what stands under it, with nobody's number or name in it."""

    headings: tuple[str, ...]  # (): a bare column of numbers, which needs no mapping
    proposed: tuple[str, ...]  # the key that each heading may mean, or ""
    samples: tuple[tuple[str, ...], ...]  # rows below, each cell masked


def peek(opened: IO[bytes], *, columns: Sequence[Column]) -> Peek:
    """Find the heading row of a CSV, TSV or XLSX list.

    :raises ListFileError: if it is no list, is empty, or has no heading row
    """
    source = Source(opened)
    if not source.size:
        raise ListFileError(EMPTY)
    tables = [rows for rows in _tops(source) if rows]
    if not tables:
        raise ListFileError(EMPTY)
    return max((_peeked(rows, columns) for rows in tables), key=_weight)


def _tops(source: Source) -> Iterator[Rows]:
    if next(source.blocks()).startswith(SIGNATURE):
        yield from tops(source, LOOKED)
        return
    table = open_text(source)
    for delimiter in DELIMITERS:
        try:
            filled = (cells for _, cells in table.rows(delimiter) if any(map(str.strip, cells)))
            yield list(islice(filled, LOOKED))
        except ListFileError:
            continue


def _peeked(rows: Rows, columns: Sequence[Column]) -> Peek:
    at = max(range(len(rows)), key=lambda place: (_likeness(rows[place], columns), -place))
    cells = [cell.strip() for cell in rows[at][:MOST_COLUMNS]]
    if any(map(_is_number, cells)):
        if all(len(row) == 1 for row in rows):
            return Peek(headings=(), proposed=(), samples=())
        raise ListFileError(
            NO_HEADING.filled(looked=len(rows), found=named(cells), wanted=labels(columns))
        )
    return Peek(
        headings=tuple(cells),
        proposed=proposed(cells, columns),
        samples=tuple(
            tuple(map(masked_cell, (*row, *[""] * len(cells))[: len(cells)]))
            for row in rows[at + 1 : at + 1 + SAMPLES]
        ),
    )


def _likeness(cells: Sequence[str], columns: Sequence[Column]) -> int:
    return sum(map(bool, proposed(cells, columns)))


def _weight(seen: Peek) -> tuple[int, int]:
    return sum(map(bool, seen.proposed)), len(seen.headings)


def _is_number(cell: str) -> bool:
    try:
        normalise(cell)
    except NumberProblem:
        return False
    return True


def masked_cell(cell: str) -> str:
    """Show of a cell what kind of thing it holds, and not whose."""
    text = unicodedata.normalize("NFKC", cell).strip()
    if sum(sign.isdigit() for sign in text) >= MANY_DIGITS:
        return mask_text(text)
    hidden = min(len(text) - 1, SHOWN_SIGNS)
    return text[:1] + "＊" * hidden if hidden > 0 else text
