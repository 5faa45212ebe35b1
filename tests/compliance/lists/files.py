"""Makes list files for the tests."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from openpyxl import Workbook

from compliance.lists import LEAD_COLUMNS, LeadRow, Reject, check_leads, open_rows

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "gbk", "gb18030")
DELIMITERS = (",", "\t", ";", "|")


def as_text(rows: Iterable[Sequence[str]], *, delimiter: str = ",", ending: str = "\r\n") -> str:
    """Write rows as a text table, quoted where needed."""
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=delimiter, lineterminator=ending).writerows(rows)
    return stream.getvalue()


def text_file(
    folder: Path,
    rows: Iterable[Sequence[str]],
    *,
    encoding: str = "utf-8",
    delimiter: str = ",",
    ending: str = "\r\n",
) -> Path:
    """Put a text table into a file."""
    path = folder / "list.csv"
    path.write_bytes(as_text(rows, delimiter=delimiter, ending=ending).encode(encoding))
    return path


def raw_file(folder: Path, data: bytes) -> Path:
    """Put bytes into a file."""
    path = folder / "list.csv"
    path.write_bytes(data)
    return path


def book_file(folder: Path, *sheets: Sequence[Sequence[object]]) -> Path:
    """Put sheets into a workbook."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for rows in sheets:
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(list(row))
    path = folder / "list.xlsx"
    book.save(path)
    return path


def leads(path: Path, *, mobile_only: bool = True, max_run: int = 3) -> list[LeadRow | Reject]:
    """Check a file as a list of leads."""
    with open_rows(path, columns=LEAD_COLUMNS) as rows:
        return list(check_leads(rows, mobile_only=mobile_only, max_run=max_run))


def accepted(outcomes: Iterable[object]) -> list[str]:
    """Return the numbers of the rows that were accepted."""
    return [one.number.e164 for one in outcomes if isinstance(one, LeadRow)]


def refused(outcomes: Iterable[object]) -> list[tuple[int, str]]:
    """Return line and code of the rows that were not."""
    return [(one.line, one.code.value) for one in outcomes if isinstance(one, Reject)]
