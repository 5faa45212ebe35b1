"""Writes list files the way people have them."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

Table = Sequence[Sequence[object]]


def write_text(path: Path, table: Table, *, encoding: str = "utf-8", delimiter: str = ",") -> Path:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(table)
    path.write_bytes(out.getvalue().encode(encoding))
    return path


def write_workbook(path: Path, table: Table) -> Path:
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for row in table:
        sheet.append(list(row))
    book.save(path)
    return path
