"""Rows that were not accepted, and the file in which they go back to be corrected."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, TextIO

from compliance.lists.columns import NUMBER, REJECT_HEADINGS, Headings
from compliance.lists.file import Row
from compliance.numbers import ProblemCode, Words, mask_text

BYTE_ORDER_MARK = "\ufeff"  # by which Excel knows that the file is UTF-8
_LONG = 12  # digits from which Excel rewrites a number as 1.38E+11


class RejectCode(StrEnum):
    """Why a row was not accepted, beside the codes of `ProblemCode`."""

    COLUMNS = "columns"
    LANDLINE = "landline"
    CALLED_FREE = "called_free"
    FORMULA_TEXT = "formula_text"
    LONG_TEXT = "long_text"
    CONSECUTIVE = "consecutive"
    DUPLICATE = "duplicate"
    NO_SOURCE = "no_source"
    MINOR = "minor"
    ANSWER_UNCLEAR = "answer_unclear"
    ANSWER_NO = "answer_no"
    NO_TIME = "no_time"
    FUTURE = "future"
    NO_TEXT = "no_text"
    TEXT_DIFFERS = "text_differs"
    NO_METHOD = "no_method"
    NO_EVIDENCE = "no_evidence"
    NO_PURPOSE = "no_purpose"
    BAD_EXPIRY = "bad_expiry"
    EXPIRED = "expired"
    BAD_POLICY_END = "bad_policy_end"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reject:
    """One row that was not accepted; its value is shown masked, and its cells are not shown."""

    line: int
    value_masked: str
    code: RejectCode | ProblemCode
    words: Words
    raw: tuple[str, ...] = field(repr=False)  # the cells that were read, for the reject file

    @property
    def zh(self) -> str:
        """Say why in Chinese."""
        return self.words.zh

    @property
    def en(self) -> str:
        """Say why in English."""
        return self.words.en


class RowProblemError(ValueError):
    """A row cannot be accepted."""

    def __init__(self, code: RejectCode | ProblemCode, words: Words) -> None:
        super().__init__(code)
        self.code = code
        self.words = words


def reject(row: Row, keys: Sequence[str], problem: RowProblemError) -> Reject:
    """Turn a row's problem into its line of the report."""
    return Reject(
        line=row.line,
        value_masked=mask_text(row.cells[keys.index(NUMBER)]),
        code=problem.code,
        words=problem.words,
        raw=row.cells,
    )


class Returned(Protocol):
    """What the reject file tells of a row."""

    @property
    def line(self) -> int:
        """Its place in the file."""

    @property
    def raw(self) -> tuple[str, ...]:
        """Its cells."""

    @property
    def zh(self) -> str:
        """Why, in Chinese."""

    @property
    def en(self) -> str:
        """Why, in English."""


class RejectWriter:
    """Writes the reject file: the columns that were read, the line, and why, in both languages.

    Once its cells are corrected it can be imported as it is. Open the stream with
    `encoding="utf-8"` and `newline=""`.
    """

    def __init__(self, stream: TextIO, headings: Headings) -> None:
        stream.write(BYTE_ORDER_MARK)
        self.count = 0
        self._writer = csv.writer(stream)
        self._writer.writerow([*headings.titles, *REJECT_HEADINGS])

    def write(self, one: Returned) -> None:
        """Add a row."""
        self._writer.writerow([*map(guarded, one.raw), one.line, one.zh, one.en])
        self.count += 1


def guarded(cell: str) -> str:
    """Put `'` before what a spreadsheet would run, round or shorten; reading takes it off."""
    text = cell.strip()
    runs = text[:1] in tuple("=+-@")
    shortened = text.isdigit() and (len(text) >= _LONG or text.startswith("0"))
    return f"'{cell}" if runs or shortened else cell
