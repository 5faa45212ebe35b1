"""The State Council's holidays and make-up workdays, as facts for the rules."""

from datetime import date, timedelta
from functools import lru_cache
from importlib.metadata import version

import chinese_calendar

from compliance.rulebook.facts import CalendarFacts
from compliance.rulebook.timetable import OFFDAY, UNKNOWN_DAY, WORKDAY

HORIZON_DAYS = 45  # how far ahead the next opening is looked for


@lru_cache(maxsize=64)
def calendar_facts(*, on: date, horizon_days: int = HORIZON_DAYS) -> CalendarFacts:
    """Return the kinds of `horizon_days` days from `on`, a local day.

    A day of a year that no notice covers yet is "?".
    """
    days = "".join(_letter(on + timedelta(days=ahead)) for ahead in range(horizon_days))
    return CalendarFacts(version=_version(), first_day=on, days=days)


@lru_cache(maxsize=1024)
def _letter(day: date) -> str:
    try:
        return WORKDAY if chinese_calendar.is_workday(day) else OFFDAY
    except NotImplementedError:  # the library's way to say that it does not know the year
        return UNKNOWN_DAY


@lru_cache(maxsize=1)
def _version() -> str:
    return f"chinesecalendar {version('chinesecalendar')}"
