"""Text tables as people have them: which encoding, which delimiter, and whether they are whole."""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from compliance.lists.problems import (
    BINARY,
    CUT_SHORT,
    ENCODING,
    LONG_LINE,
    MARKUP,
    OLD_EXCEL,
    QUOTES,
    ListFileError,
)
from compliance.lists.source import Source

DELIMITERS = (",", "\t", ";", "|")
LONGEST_LINE = 1 << 20  # signs; a line of a list is shorter by far

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_UTF8 = frozenset({"utf-8", "utf-8-sig"})
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # .xls, and .xlsx with a password
_BINARY = (b"%PDF", b"\x1f\x8b", b"\x89PNG", b"\xff\xd8\xff", b"Rar!", b"7z\xbc\xaf", b"GIF8")
_MARKUP = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|\?xml|table|head|meta|style)", re.IGNORECASE
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ufffe\uffff]")  # never in a text table
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_SURELY_UTF8 = 3  # Chinese signs that decoded before the damage; GBK text does not do that


@dataclass(frozen=True, slots=True)
class TextTable:
    """A text file whose encoding holds from its first byte to its last."""

    source: Source
    encoding: str

    def rows(self, delimiter: str) -> Iterator[tuple[int, list[str]]]:
        """Read (number of its first line, cells) of every row, blank ones too.

        :raises ListFileError: if a quoted cell does not end where a cell must end
        """
        text = io.TextIOWrapper(self.source.reader(), encoding=self.encoding, newline="")
        reader = csv.reader(text, delimiter=delimiter, strict=True)
        line = 1
        try:
            for cells in reader:
                yield line, cells
                line = reader.line_num + 1
        except csv.Error as error:
            raise ListFileError(QUOTES.filled(line=line)) from error


def open_text(source: Source) -> TextTable:
    """Find the encoding of a text file by decoding all of it.

    UTF-8, UTF-16 with a byte order mark, and GB18030, which contains GBK and GB2312.

    :raises ListFileError: if it is not text, or damaged
    """
    head = next(source.blocks())
    _refuse_other_kinds(head)
    marked = next((name for mark, name in _MARKS if head.startswith(mark)), None)
    if marked:
        return _whole(source, marked)
    try:
        return _whole(source, "utf-8")
    except _NotUtf8Error:
        return _whole(source, "gb18030")


class _NotUtf8Error(ValueError):
    """The bytes are not UTF-8, and nothing before them looked like it."""


def _refuse_other_kinds(head: bytes) -> None:
    if head.startswith(_OLE):
        raise ListFileError(OLD_EXCEL)
    if head.startswith(_BINARY):
        raise ListFileError(BINARY)
    if _MARKUP.match(head):
        raise ListFileError(MARKUP)


def _whole(source: Source, encoding: str) -> TextTable:
    scan = _Scan()
    decoder = codecs.getincrementaldecoder(encoding)()
    for block in _ended(source.blocks()):
        try:
            text = decoder.decode(block, final=not block)
        except UnicodeError as error:
            raise _damage(error, scan, encoding, at_end=not block) from error
        scan.take(text)
    return TextTable(source, encoding)


def _ended(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Add an empty block, which tells the decoder that the file ends here."""
    yield from blocks
    yield b""


def _damage(error: UnicodeError, scan: "_Scan", encoding: str, *, at_end: bool) -> ValueError:
    """Say what a decoding error means: another encoding, a cut, or damage."""
    if isinstance(error, UnicodeDecodeError):
        sound = bytes(error.object[: error.start]).decode(encoding, errors="ignore")
        scan.take(sound)
    if encoding in _UTF8 and scan.chinese < _SURELY_UTF8 and encoding != "utf-8-sig":
        return _NotUtf8Error()
    return ListFileError(CUT_SHORT if at_end else ENCODING.filled(line=scan.line))


class _Scan:
    """Looks at decoded text for what no list contains."""

    def __init__(self) -> None:
        self.line = 1
        self.chinese = 0
        self._since_break = 0

    def take(self, text: str) -> None:
        """Take the next piece of text.

        :raises ListFileError: if it is binary, or has a line without end
        """
        if _CONTROL.search(text):
            raise ListFileError(BINARY)
        if self.chinese < _SURELY_UTF8:
            self.chinese += len(_CHINESE.findall(text[: 1 << 16]))
        breaks = max(text.count("\n"), text.count("\r"))
        self.line += breaks
        self._since_break = self._since_break + len(text) if not breaks else _after_break(text)
        if self._since_break > LONGEST_LINE:
            raise ListFileError(LONG_LINE.filled(line=self.line))


def _after_break(text: str) -> int:
    return len(text) - 1 - max(text.rfind("\n"), text.rfind("\r"))
