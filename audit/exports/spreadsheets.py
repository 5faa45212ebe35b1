"""The entries of a bundle as CSV and as an Excel workbook: renderings, no evidence."""

import csv
import re
from itertools import count, islice
from pathlib import Path

from audit.exports.rows import HEADING, rows, safe

MOST_ROWS = 1_000_000  # of one sheet; Excel's own limit is 1,048,576
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
LONGEST = 32_000  # signs of a cell; Excel's own limit is 32,767


def write_csv(path: Path, *, entries: Path, about: list[str]) -> None:
    """Write the entries; the byte order mark tells Excel that it is UTF-8."""
    with path.open("x", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerows([safe(line)] for line in about)
        writer.writerow(HEADING)
        writer.writerows([safe(cell) for cell in row] for row in rows(entries))


def write_xlsx(path: Path, *, entries: Path, about: list[str]) -> None:
    """Write the entries, on as many sheets as they need, and on the last what proves them."""
    from openpyxl import Workbook  # noqa: PLC0415 - thirteen megabytes, for this alone

    book = Workbook(write_only=True)
    left = rows(entries)
    for number in count(1):
        part = list(islice(left, MOST_ROWS))
        if not part and number > 1:
            break
        sheet = book.create_sheet(f"entries {number}")
        sheet.append(HEADING)
        for row in part:
            sheet.append([_cell(cell) for cell in row])
    proof = book.create_sheet("proof 证明")
    for line in about:
        proof.append([_cell(line)])
    book.save(path)


def _cell(text: str) -> str:
    return safe(_UNWRITABLE.sub("?", text))[:LONGEST]
