"""The State Council's holidays and make-up workdays, as facts for the rules.

The library knows the years that were announced when it was released. A later year comes from the
notice itself, as a file that two people approved; such a year also replaces the library's own, for
the State Council has changed a year under way. A year that neither knows counts as days off.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from importlib.metadata import version

import chinese_calendar

from compliance.rulebook.facts import CalendarFacts, QuietFacts
from compliance.rulebook.timetable import OFFDAY, UNKNOWN_DAY, WORKDAY

HORIZON_DAYS = 45  # how far ahead the next opening is looked for


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovedYear:
    """A year by its notice: a letter for each day from 1 January on, and the digest of it all."""

    year: int
    days: str
    sha256: str


@lru_cache(maxsize=64)
def calendar_facts(
    *,
    on: date,
    horizon_days: int = HORIZON_DAYS,
    years: tuple[ApprovedYear, ...] = (),
    quiet: tuple[QuietFacts, ...] = (),
) -> CalendarFacts:
    """Return the kinds of `horizon_days` days from `on`, a local day, and their quiet days.

    A day of a year that no notice covers yet is "?".
    """
    by_year = {year.year: year.days for year in years}
    horizon = [on + timedelta(days=ahead) for ahead in range(horizon_days)]
    return CalendarFacts(
        version=_version(years),
        first_day=on,
        days="".join(_letter(day, by_year.get(day.year)) for day in horizon),
        quiet=tuple(
            each for each in quiet if each.first_day <= horizon[-1] and each.last_day >= on
        ),
    )


@lru_cache(maxsize=1024)
def _letter(day: date, approved: str | None) -> str:
    if approved is not None:
        return approved[day.timetuple().tm_yday - 1]
    try:
        return WORKDAY if chinese_calendar.is_workday(day) else OFFDAY
    except NotImplementedError:  # the library's way to say that it does not know the year
        return UNKNOWN_DAY


def library_letter(day: date) -> str:
    """Return what the library says of a day; "?" in a year that it does not know."""
    return _letter(day, None)


def _version(years: Iterable[ApprovedYear]) -> str:
    """Name the library and, by its digest, every year that was approved."""
    approved = "".join(f", {year.year} {year.sha256}" for year in years)
    return f"chinesecalendar {version('chinesecalendar')}{approved}"
