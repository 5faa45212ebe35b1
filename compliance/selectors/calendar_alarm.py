"""Warns of a year whose holidays are not on record: from 1 November before it on."""

from dataclasses import dataclass
from datetime import date, datetime

from compliance.calendars import library_letter
from compliance.lists.moments import LOCAL
from compliance.models import CalendarYear
from compliance.numbers import Words
from compliance.rulebook.timetable import UNKNOWN_DAY

FROM_MONTH = 11  # the State Council announces a year in the November before it
MISSING = Words(
    "{year} 年放假安排尚未载入：该年每一天都按休息日处理。请在国务院办公厅通知发布后提交并批准。",
    "The holidays of {year} are not on record: each of its days counts as a day off. Propose and "
    "approve the year once the State Council's notice is out.",
)
WAITING = Words(
    "{year} 年放假安排已提交，等待另一人批准。",
    "The holidays of {year} were proposed and wait for another person's approval.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarAlarm:
    """A year whose days nobody knows."""

    year: int
    since: date  # local day from which the alarm has been due
    proposal: int | None  # that waits for an approval
    words: Words


def calendar_alarms(*, now: datetime) -> list[CalendarAlarm]:
    """Return an alarm for this year, and from 1 November for the next, if it is not on record."""
    today = now.astimezone(LOCAL).date()
    years = {today.year: date(today.year, 1, 1)}
    if today.month >= FROM_MONTH:
        years[today.year + 1] = date(today.year, FROM_MONTH, 1)
    approved = CalendarYear.objects.exclude(approved_at=None).filter(year__in=years)
    known = set(approved.values_list("year", flat=True))
    return [_alarm(year, since) for year, since in years.items() if _unknown(year, known)]


def _unknown(year: int, approved: set[int]) -> bool:
    return year not in approved and library_letter(date(year, 1, 1)) == UNKNOWN_DAY


def _alarm(year: int, since: date) -> CalendarAlarm:
    waiting = CalendarYear.objects.filter(year=year, approved_at=None).order_by("-pk")
    proposal = waiting.values_list("pk", flat=True).first()
    words = MISSING if proposal is None else WAITING
    return CalendarAlarm(year=year, since=since, proposal=proposal, words=words.filled(year=year))
