"""Reads a list of people to call, row by row: accepted, or refused with a reason."""

import re
from array import array
from collections.abc import Iterator
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
    rows: ListFile, *, mobile_only: bool = True, max_run: int = MAX_RUN
) -> Iterator[LeadRow | Reject]:
    """Check a list opened with `LEAD_COLUMNS`, in the order of its rows.

    The file is read twice: what its numbers are together, then row by row. A row of a run of
    consecutive numbers is refused wherever it stands; of repeated numbers the first is taken.

    :raises ListFileError: if the file was changed since it was opened
    """
    check = LeadCheck(
        rows.headings.keys, read_numbers(rows, mobile_only=mobile_only, max_run=max_run), once=True
    )
    for at, row in enumerate(rows):
        yield check.row(row, at)


_YEARS = re.compile(r"(\d{1,3})(?:\.0)?\s*(?:岁|周岁)?$")
_CLASSES = (NumberClass.MOBILE, NumberClass.MVNO, NumberClass.FIXED)
_CODES = {kind: code for code, kind in enumerate(_CLASSES)}


@dataclass(frozen=True, slots=True, kw_only=True)
class ListNumbers:
    """The numbers of a whole list, row by row; 9 bytes a row and little more."""

    digits: "array[int]"  # NONE if the row has no number
    classes: "array[int]"
    repeats: Repeats
    max_run: int
    mobile_only: bool


def read_numbers(rows: ListFile, *, mobile_only: bool, max_run: int = MAX_RUN) -> ListNumbers:
    """Read every row's number, and what they are together."""
    digits, classes = array("q"), array("b")
    place = rows.headings.keys.index(NUMBER)
    for row in rows:
        try:
            number = read_number(row.cells[place], mobile_only=mobile_only)
        except RowProblemError:
            digits.append(NONE)
            classes.append(0)
        else:
            digits.append(int(number.e164))
            classes.append(_CODES[number.number_class])
    return ListNumbers(
        digits=digits,
        classes=classes,
        repeats=Repeats(digits, max_run=max_run),
        max_run=max_run,
        mobile_only=mobile_only,
    )


class LeadCheck:
    """Checks the rows of one list whose numbers were read."""

    def __init__(self, keys: tuple[str, ...], numbers: ListNumbers, *, once: bool = False) -> None:
        """Check any row; `once` takes the rows in their order and refuses repeated numbers."""
        self._keys = keys
        self._place = keys.index(NUMBER)
        self._texts = [
            (keys.index(col.key) if col.key in keys else None, col.label)
            for col in (NAME_COLUMN, REFERENCE_COLUMN, SOURCE_COLUMN)
        ]
        self._age = keys.index(AGE_COLUMN.key) if AGE_COLUMN.key in keys else None
        self._numbers = numbers
        self._once = once

    def row(self, row: Row, at: int) -> LeadRow | Reject:
        """Check the row before which `at` others stand.

        :raises ListFileError: if the list has grown since its numbers were read
        """
        if at >= len(self._numbers.digits):
            raise ListFileError(CHANGED)
        digits = self._numbers.digits[at]
        try:
            if digits == NONE:  # read again, for the reason
                cell = row.cells[self._place]
                number = read_number(cell, mobile_only=self._numbers.mobile_only)
            else:
                number = Number(f"+{digits}", _CLASSES[self._numbers.classes[at]])
            return self._lead(row, number, digits)
        except RowProblemError as problem:
            return reject(row, self._keys, problem)

    def _lead(self, row: Row, number: Number, digits: int) -> LeadRow:
        if row.surplus:
            raise RowProblemError(RejectCode.COLUMNS, COLUMNS)
        cells = row.cells
        name, reference, source = [
            None if at is None else read_text(cells[at], label=label) for at, label in self._texts
        ]
        _refuse_illicit(source)
        if self._age is not None:
            _refuse_minor(cells[self._age])
        length = self._numbers.repeats.run_length(digits)
        if length:
            words = CONSECUTIVE.filled(length=length, most=self._numbers.max_run)
            raise RowProblemError(RejectCode.CONSECUTIVE, words)
        if self._once:
            self._refuse_repeated(digits, row.line)
        return LeadRow(row.line, number, name, reference, source)

    def _refuse_repeated(self, digits: int, line: int) -> None:
        first = self._numbers.repeats.first_line(digits)
        if first:
            raise RowProblemError(RejectCode.DUPLICATE, DUPLICATE.filled(line=first))
        self._numbers.repeats.accepted(digits, line)


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
