"""Reads a list of people to call, row by row: accepted, or refused with a reason."""

import re
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from compliance.list_checks.words import illicit_source
from compliance.lists.cells import read_number, read_text
from compliance.lists.columns import NUMBER, column
from compliance.lists.file import ListFile, Row
from compliance.lists.problems import CHANGED, ListFileError
from compliance.lists.reject import Reject, RejectCode, RowProblemError, reject
from compliance.lists.repeats import NONE, Repeats
from compliance.numbers import Number, NumberClass, Words
from compliance.numbers.normalise import plain_text

MAX_RUN = 3  # consecutive numbers; CN13-LST-04

NUMBER_COLUMN = column(
    NUMBER, "手机号", "mobile",
    "手机", "手机号码", "电话", "电话号码", "联系电话", "联系方式", "联系手机", "号码", "移动电话",
    "客户电话", "客户手机", "客户手机号", "被叫", "被叫号码", "phone", "phone number",
    "mobile number", "mobile phone", "tel", "telephone", "cell", "cellphone", "msisdn",
    needs=NUMBER,
)  # fmt: skip
NAME_COLUMN = column(
    "name", "姓名", "name", "客户姓名", "名字", "联系人", "full name", "customer name"
)
REFERENCE_COLUMN = column(
    "external_ref", "客户编号", "external id",
    "编号", "客户号", "会员号", "会员编号", "外部编号", "external reference", "customer id", "id",
)  # fmt: skip
SOURCE_COLUMN = column(
    "source", "来源", "source", "名单来源", "数据来源", "客户来源", "list source"
)
AGE_COLUMN = column("age", "年龄", "age", "客户年龄", "学生年龄")
LEAD_COLUMNS = (NUMBER_COLUMN, NAME_COLUMN, REFERENCE_COLUMN, SOURCE_COLUMN, AGE_COLUMN)
ADULT = 18  # years

COLUMNS = Words(
    "该行的单元格比表头多，内容可能错位。含分隔符的单元格请加引号。",
    "The row has more cells than the heading row, so its cells may have shifted. "
    "Quote cells that contain the delimiter.",
)
CONSECUTIVE = Words(
    "该号码属于 {length} 个连续号码；连续 {most} 个以上视为按号段生成，不得外呼。",
    "The number is one of {length} consecutive numbers; more than {most} count as generated "
    "from a number range, which may not be called.",
)
NO_SOURCE = Words(
    "该行注明的来源含“{word}”，不是合法来源；不得外呼。",
    "The source that the row states holds “{word}”, which is no lawful one.",
)
MINOR = Words(
    "该行是未成年人，不接收进外呼名单。",
    "The row is a minor's; lists of people to call take none.",
)
DUPLICATE = Words("与第 {line} 行的号码重复。", "The same number is on line {line} already.")


@dataclass(frozen=True, slots=True)
class LeadRow:
    """One person to call, as the list states it."""

    line: int
    number: Number
    name: str | None
    external_ref: str | None
    source: str | None


def check_leads(
    rows: ListFile,
    *,
    mobile_only: bool = True,
    max_run: int = MAX_RUN,
    on_numbers: Callable[["array[int]"], object] = lambda _: None,
) -> Iterator[LeadRow | Reject]:
    """Check a list opened with `LEAD_COLUMNS`, in the order of its rows.

    The file is read twice: what its numbers are together, then row by row. A row of a run of
    consecutive numbers is refused wherever it stands; of repeated numbers the first is taken.

    :param on_numbers: sees all numbers once they are read, and may raise
    :raises ListFileError: if the file was changed since it was opened
    """
    keys = rows.headings.keys
    numbers, classes = _numbers(rows, mobile_only=mobile_only)
    on_numbers(numbers)
    check = _LeadCheck(keys, Repeats(numbers, max_run=max_run), max_run=max_run)
    place = keys.index(NUMBER)
    for at, row in enumerate(rows):
        if at >= len(numbers):
            raise ListFileError(CHANGED)
        try:
            if numbers[at] == NONE:  # read again, for the reason
                number = read_number(row.cells[place], mobile_only=mobile_only)
            else:
                number = Number(f"+{numbers[at]}", _CLASSES[classes[at]])
            yield check.lead(row, number, numbers[at])
        except RowProblemError as problem:
            yield reject(row, keys, problem)


_YEARS = re.compile(r"(\d{1,3})(?:\.0)?\s*(?:岁|周岁)?$")
_CLASSES = (NumberClass.MOBILE, NumberClass.MVNO, NumberClass.FIXED)
_CODES = {kind: code for code, kind in enumerate(_CLASSES)}


def _numbers(rows: ListFile, *, mobile_only: bool) -> tuple["array[int]", "array[int]"]:
    """Read every row's number, 9 bytes a row: its digits, NONE if it has none, and its class."""
    numbers, classes = array("q"), array("b")
    place = rows.headings.keys.index(NUMBER)
    for row in rows:
        try:
            number = read_number(row.cells[place], mobile_only=mobile_only)
        except RowProblemError:
            numbers.append(NONE)
            classes.append(0)
        else:
            numbers.append(int(number.e164))
            classes.append(_CODES[number.number_class])
    return numbers, classes


class _LeadCheck:
    """Checks the rows of one list whose numbers can be read."""

    def __init__(self, keys: tuple[str, ...], repeats: Repeats, *, max_run: int) -> None:
        self._texts = [
            (keys.index(col.key) if col.key in keys else None, col.label)
            for col in (NAME_COLUMN, REFERENCE_COLUMN, SOURCE_COLUMN)
        ]
        self._age = keys.index(AGE_COLUMN.key) if AGE_COLUMN.key in keys else None
        self._repeats = repeats
        self._max_run = max_run

    def lead(self, row: Row, number: Number, digits: int) -> LeadRow:
        """Accept a row.

        :raises RowProblemError: if it cannot be accepted
        """
        if row.surplus:
            raise RowProblemError(RejectCode.COLUMNS, COLUMNS)
        cells = row.cells
        name, reference, source = [
            None if at is None else read_text(cells[at], label=label) for at, label in self._texts
        ]
        _refuse_illicit(source)
        if self._age is not None:
            _refuse_minor(cells[self._age])
        self._refuse_repeats(digits)
        self._repeats.accepted(digits, row.line)
        return LeadRow(row.line, number, name, reference, source)

    def _refuse_repeats(self, digits: int) -> None:
        length = self._repeats.run_length(digits)
        if length:
            words = CONSECUTIVE.filled(length=length, most=self._max_run)
            raise RowProblemError(RejectCode.CONSECUTIVE, words)
        line = self._repeats.first_line(digits)
        if line:
            raise RowProblemError(RejectCode.DUPLICATE, DUPLICATE.filled(line=line))


@lru_cache(maxsize=256)
def _refuse_illicit(source: str | None) -> None:
    word = illicit_source(source) if source else ""
    if word:
        raise RowProblemError(RejectCode.NO_SOURCE, NO_SOURCE.filled(word=word))


def _refuse_minor(cell: str) -> None:
    """Refuse whoever is known to be under age; the age itself is not kept."""
    years = _YEARS.match(plain_text(cell))
    if years and int(years[1]) < ADULT:
        raise RowProblemError(RejectCode.MINOR, MINOR)
