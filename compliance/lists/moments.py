"""Dates and instants as people and spreadsheets write them."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from compliance.numbers import Words

LOCAL = ZoneInfo("Asia/Shanghai")  # mainland China has one legal time
FARTHEST = timedelta(hours=14)  # the zone farthest from UTC
EARLIEST = 2000  # no consent to be called is older, so the year is a slip
ZONE_ASSUMED = Words(
    "未写时区的时间按北京时间（Asia/Shanghai）理解。",
    "Times without a zone are taken as Beijing time (Asia/Shanghai).",
)

_USUAL = re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(?::\d{2})?", re.ASCII)
_AHEAD = timedelta(hours=8)  # of UTC, in all years from `EARLIEST` on
_DATE = re.compile(
    r"(\d{4})(?:[-/.](\d{1,2})[-/.](\d{1,2})|年(\d{1,2})月(\d{1,2})日|(\d{2})(\d{2}))", re.ASCII
)
_TIME = re.compile(
    r"(\d{1,2})(?:[:：]|[点时])(\d{1,2})(?:[:：](\d{1,2})|分(?:(\d{1,2})秒)?)?(?:\.(\d{1,6})\d*)?",
    re.ASCII,
)
_TIME_COMPACT = re.compile(r"(\d{2})(\d{2})(\d{2})?", re.ASCII)
_ZONE = re.compile(
    r"\s*(?:(Z|UTC|GMT)|(?:UTC|GMT)?([+-])(\d{2}):?(\d{2})?)$", re.IGNORECASE | re.ASCII
)


class MomentError(ValueError):
    """The text is no date or instant that has only one reading."""


class Moment(NamedTuple):
    """An instant, and whether its zone had to be assumed."""

    at: datetime  # UTC
    zone_assumed: bool


def read_moment(text: str) -> Moment:
    """Read an instant; one without a time is the day's first, one without a zone Beijing's.

    Year comes first (2026-11-02, 2026/11/2, 2026年11月2日, 20261102): 02/11/2026 has two readings.

    :raises MomentError: if it has none, or more than one
    """
    if _USUAL.fullmatch(text):
        return _usual(text)
    day, rest = _split(text.strip())
    zone = _ZONE.search(rest) if rest else None
    clock = _clock(rest[: zone.start()] if zone else rest)
    offset = _offset(zone) if zone else None
    try:
        local = datetime(day.year, day.month, day.day, *clock, tzinfo=LOCAL)
        at = local if offset is None else local.replace(tzinfo=UTC) - offset
        return Moment(at.astimezone(UTC), zone_assumed=offset is None)
    except (ValueError, OverflowError) as error:
        raise MomentError from error


def _usual(text: str) -> Moment:
    """Read what most lists write, quickly, as every other text is read."""
    try:
        local = datetime.fromisoformat(text)
    except ValueError as error:
        raise MomentError from error
    if local.year < EARLIEST:
        raise MomentError
    return Moment(local.replace(tzinfo=UTC) - _AHEAD, zone_assumed=True)


def read_day(text: str) -> date:
    """Read a date; a time after it must be midnight, as spreadsheets write dates.

    :raises MomentError: if it is none
    """
    day, rest = _split(text.strip())
    if any(_clock(rest)):
        raise MomentError
    return day


def _split(text: str) -> tuple[date, str]:
    """Take the date off the front."""
    found = _DATE.match(text)
    if not found:
        raise MomentError
    year, month, day = (int(part) for part in found.groups() if part)
    if year < EARLIEST:
        raise MomentError
    try:
        return date(year, month, day), text[found.end() :].lstrip("Tt \u3000")
    except ValueError as error:
        raise MomentError from error


def _clock(text: str) -> tuple[int, int, int, int]:
    """Read a time of day: hour, minute, second, microsecond; nothing is midnight."""
    text = text.strip()
    if not text:
        return 0, 0, 0, 0
    compact = _TIME_COMPACT.fullmatch(text)
    if compact:
        hour, minute, second = compact.groups(default="0")
        return int(hour), int(minute), int(second), 0
    found = _TIME.fullmatch(text)
    if not found:
        raise MomentError
    hour, minute, colon, word, fraction = found.groups()
    return int(hour), int(minute), int(colon or word or 0), int((fraction or "").ljust(6, "0"))


def _offset(zone: re.Match[str]) -> timedelta:
    """Return how far ahead of UTC a written zone is.

    :raises MomentError: if there is no such zone
    """
    name, sign, hours, minutes = zone.groups()
    if name:
        return timedelta()
    offset = timedelta(hours=int(hours), minutes=int(minutes or 0))
    if offset > FARTHEST:
        raise MomentError
    return -offset if sign == "-" else offset
