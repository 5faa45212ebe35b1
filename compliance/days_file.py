"""Reads a year of holidays and make-up workdays from a file that states the notice it follows.

The file is TOML; docs/calendar.md shows one. It states what the notice says and nothing else: days
off and make-up workdays. Every other day is a workday from Monday to Friday.
"""

import hashlib
import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from compliance.numbers import Words

SATURDAY = 5
DIGEST = 64
KEYS = {"year", "notice_number", "notice_sha256", "off", "work"}
STATUTORY_LEAST = 13  # 全国年节及纪念日放假办法: thirteen statutory days since 2025

NOT_TOML = Words("文件不是有效的 TOML：{error}。", "The file is not valid TOML: {error}.")
WRONG_KEYS = Words(
    "文件须且只须有这些项：{keys}。", "The file states these and nothing else: {keys}."
)
WRONG_YEAR = Words("年份须为 2020–2099 的整数。", "The year is a whole number, 2020 to 2099.")
WRONG_NOTICE = Words(
    "须写明通知文号，以及通知原文的 SHA-256（64 位小写十六进制）。",
    "State the notice's number, and the SHA-256 of its text in 64 lower-case hex digits.",
)
WRONG_DAYS = Words(
    "off 与 work 须为本年内的日期，不得重复，也不得互相重叠：{day}。",
    "The days of off and work lie in the year, once each, and in one of the two: {day}.",
)
WORK_ON_WEEKDAY = Words(
    "调休上班日须是周六或周日：{day}。", "A make-up workday is a Saturday or a Sunday: {day}."
)
TOO_FEW = Words(
    "放假不足 {least} 天，与法定节假日不符。",
    "There are fewer than {least} days off, which the statutory holidays alone have.",
)


class DaysFileError(ValueError):
    """The file does not state a year; `words` says why in both languages."""

    def __init__(self, words: Words) -> None:
        """Keep the sentence in both languages."""
        super().__init__(str(words))
        self.words = words


@dataclass(frozen=True, slots=True, kw_only=True)
class YearStated:
    """A year as its file states it, each day with its letter, and the digest of it all."""

    year: int
    notice_number: str
    notice_sha256: str
    days: str
    sha256: str


def read_year(content: bytes) -> YearStated:
    """Read a year's file.

    :raises DaysFileError: if anything is missing, or is not what a notice can say
    """
    try:
        table = tomllib.loads(content.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DaysFileError(NOT_TOML.filled(error=error)) from error
    if table.keys() != KEYS:
        raise DaysFileError(WRONG_KEYS.filled(keys=", ".join(sorted(KEYS))))
    year = table["year"]
    if type(year) is not int or not 2020 <= year < 2100:  # noqa: PLR2004 - as the table checks
        raise DaysFileError(WRONG_YEAR)
    number, digest = _notice(table)
    days = _days(year, off=_dates(table["off"], year), work=_dates(table["work"], year))
    return YearStated(
        year=year,
        notice_number=number,
        notice_sha256=digest,
        days=days,
        sha256=year_digest(year=year, notice_number=number, notice_sha256=digest, days=days),
    )


def year_digest(*, year: int, notice_number: str, notice_sha256: str, days: str) -> str:
    """Return the SHA-256, hex, of a year and the notice behind it."""
    content = [year, notice_number, notice_sha256, days]
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _notice(table: Mapping[str, Any]) -> tuple[str, str]:
    number, digest = table["notice_number"], table["notice_sha256"]
    if not (isinstance(number, str) and number.strip() and isinstance(digest, str)):
        raise DaysFileError(WRONG_NOTICE)
    if len(digest) != DIGEST or not set(digest) <= set("0123456789abcdef"):
        raise DaysFileError(WRONG_NOTICE)
    return number.strip(), digest


def _dates(value: Any, year: int) -> set[date]:
    days: set[date] = set()
    for day in value if isinstance(value, list) else [value]:
        if type(day) is not date or day.year != year or day in days:
            raise DaysFileError(WRONG_DAYS.filled(day=day))
        days.add(day)
    return days


def _days(year: int, *, off: set[date], work: set[date]) -> str:
    for day in sorted(off & work):
        raise DaysFileError(WRONG_DAYS.filled(day=day))
    for day in sorted(work):
        if day.weekday() < SATURDAY:
            raise DaysFileError(WORK_ON_WEEKDAY.filled(day=day))
    if len(off) < STATUTORY_LEAST:
        raise DaysFileError(TOO_FEW.filled(least=STATUTORY_LEAST))
    return "".join(_letter(day, off, work) for day in _whole(year))


def _whole(year: int) -> Iterable[date]:
    first, last = date(year, 1, 1), date(year, 12, 31)
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def _letter(day: date, off: set[date], work: set[date]) -> str:
    if day in off:
        return "o"
    return "w" if day in work or day.weekday() < SATURDAY else "o"
