"""Excel workbooks, unpacked with care into rows of text."""

import csv
import io
import tempfile
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time
from itertools import islice
from typing import IO, Protocol, cast
from xml.etree.ElementTree import ParseError  # nosec B405

from compliance.lists.problems import CORRUPT_BOOK, OVERSIZED_BOOK, ListFileError
from compliance.lists.source import BLOCK, Source

SIGNATURE = b"PK\x03\x04"
MOST_BYTES = 1 << 30  # of all parts, unpacked; a million rows of ten columns is about half
MOST_SHARED = 128 << 20  # of the table of strings, which must be held in memory
MOST_OTHER = 32 << 20  # of any part but sheets and strings, which is parsed whole
MOST_RATIO = 200  # unpacked to packed; sheets reach about 60
SMALL = 10 << 20  # bytes under which no ratio is suspicious
MOST_ROWS = 1_048_576  # Excel's own limit
MOST_COLUMNS = 256

_SHEETS = "xl/worksheets/"
_STRINGS = "xl/sharedStrings.xml"
# What zipfile, expat and openpyxl raise on a damaged book; openpyxl has no class of its own.
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    ParseError,
    EOFError,
    OSError,
    RuntimeError,  # an encrypted part; NotImplementedError, an unknown compression
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
)


class _Sheet(Protocol):
    """The part of openpyxl's read-only sheet that is used here."""

    title: str
    sheet_state: str

    def reset_dimensions(self) -> None: ...

    def iter_rows(self, *, values_only: bool) -> Iterator[tuple[object, ...]]: ...


class Spool:
    """One sheet's rows as text, in a nameless temporary file that vanishes with the process."""

    def __init__(self, title: str, file: IO[bytes]) -> None:
        self.title = title
        self._source = Source(file)

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Read (row number, cells) of every row that is not blank."""
        text = io.TextIOWrapper(self._source.reader(), encoding="utf-8", newline="")
        for line, *cells in csv.reader(text):
            yield int(line), cells

    def close(self) -> None:
        """Delete the temporary file."""
        self._source.close()


def spools(source: Source) -> Iterator[Spool]:
    """Check a workbook whole, then spool each visible sheet; the caller closes the spools.

    :raises ListFileError: if the book is damaged, oversized, or no workbook at all
    """
    try:
        _check_container(source)
        source.file.seek(0)
        with _Quiet():
            sheets = _sheets(source.file)
        for sheet in sheets:
            if sheet.sheet_state == "visible":
                yield _spool(sheet)
    except ListFileError:
        raise
    except _DAMAGE as error:
        raise ListFileError(CORRUPT_BOOK) from error


def tops(source: Source, most: int) -> Iterator[list[list[str]]]:
    """Read the first filled rows of each visible sheet of a workbook that was checked whole.

    :raises ListFileError: if the book is damaged, oversized, or no workbook at all
    """
    try:
        _check_container(source)
        source.file.seek(0)
        with _Quiet():
            for sheet in _sheets(source.file):
                if sheet.sheet_state == "visible":
                    yield [cells for _, *cells in islice(_numbered(sheet), most)]
    except ListFileError:
        raise
    except _DAMAGE as error:
        raise ListFileError(CORRUPT_BOOK) from error


def _sheets(file: IO[bytes]) -> list[_Sheet]:
    # Thirteen megabytes that a process which reads no workbook does without.
    from openpyxl import load_workbook  # noqa: PLC0415
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415

    try:
        book = load_workbook(file, read_only=True, data_only=False)
    except InvalidFileException as error:
        raise ListFileError(CORRUPT_BOOK) from error
    return cast(list[_Sheet], book.worksheets)


def as_text(value: object) -> str:
    """Write a cell's value as a person would have typed it into a text table."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        midnight = value.time() == time()
        return value.date().isoformat() if midnight else value.isoformat(sep=" ")
    return value.isoformat() if isinstance(value, date | time) else str(value)


class _Quiet(warnings.catch_warnings):
    """Silences openpyxl's remarks on missing styles and impossible dates."""

    def __enter__(self) -> None:
        super().__enter__()
        warnings.simplefilter("ignore")


def _spool(sheet: _Sheet) -> Spool:
    file = tempfile.TemporaryFile()  # noqa: SIM115  the spool closes it
    try:
        text = io.TextIOWrapper(file, "utf-8", newline="")
        writer = csv.writer(text)
        with _Quiet():
            writer.writerows(_numbered(sheet))
        text.detach()  # flushes, and leaves the file open
    except BaseException:
        file.close()
        raise
    return Spool(sheet.title, file)


def _numbered(sheet: _Sheet) -> Iterator[list[str]]:
    """Read the rows that are not blank, each after its number."""
    sheet.reset_dimensions()  # what the file claims about its size may be wrong
    rows = islice(sheet.iter_rows(values_only=True), MOST_ROWS)
    for line, values in enumerate(rows, start=1):
        cells = [as_text(value) for value in values[:MOST_COLUMNS]]
        if any(cells):
            yield [str(line), *_trimmed(cells)]


def _trimmed(cells: list[str]) -> list[str]:
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _check_container(source: Source) -> None:
    with zipfile.ZipFile(source.file) as archive:
        parts = archive.infolist()
        _refuse_oversized(parts)
        for part in parts:
            _refuse_damaged(archive, part)


def _refuse_oversized(parts: list[zipfile.ZipInfo]) -> None:
    """Judge by the declared sizes: zipfile never unpacks more than a part declares."""
    if sum(part.file_size for part in parts) > MOST_BYTES:
        raise ListFileError(OVERSIZED_BOOK)
    for part in parts:
        if part.file_size > min(_most(part.filename), max(SMALL, part.compress_size * MOST_RATIO)):
            raise ListFileError(OVERSIZED_BOOK)


def _most(name: str) -> int:
    if name.startswith(_SHEETS):
        return MOST_BYTES
    if name == _STRINGS:
        return MOST_SHARED
    return MOST_OTHER if name.endswith((".xml", ".rels")) else MOST_BYTES


def _refuse_damaged(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Unpack a part to its end, which checks its checksum; a document type is no workbook's."""
    with archive.open(part) as stream:
        block = stream.read(BLOCK)
        if b"<!DOCTYPE" in block:  # entities may explode
            raise ListFileError(CORRUPT_BOOK)
        while block:
            block = stream.read(BLOCK)
