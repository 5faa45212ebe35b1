"""Clocks that run in working days, as complaints and filings are due."""

from datetime import date, timedelta

from compliance.calendars import calendar_facts
from compliance.rulebook.timetable import OFFDAY

AHEAD_DAYS = 90  # more than the longest clock can take


def working_day(*, after: date, count: int) -> date:
    """Return the `count`-th working day after the local day `after`.

    A day of a year without a notice counts as a working day: our own clocks never run slower
    because the calendar is not known yet.
    """
    letters = calendar_facts(on=after + timedelta(days=1), horizon_days=AHEAD_DAYS).days
    working = [place for place, letter in enumerate(letters) if letter != OFFDAY]
    return after + timedelta(days=working[count - 1] + 1)
