"""Count working days from the State Council's calendar; an unknown day counts as one."""

from datetime import date, timedelta

from compliance.calendars import calendar_facts
from compliance.rulebook.timetable import OFFDAY

FILING_WORKDAYS = 10  # MIIT notice 81 of 2020: a change of a number is filed in ten working days


def nth_workday_after(day: date, *, count: int) -> date:
    """Return the `count`-th working day after `day`.

    A day of a year without a notice counts, so that a deadline never moves away because of it.
    """
    last = day
    while count:
        last += timedelta(days=1)
        if calendar_facts(on=last, horizon_days=1).days != OFFDAY:
            count -= 1
    return last


def workdays_since(day: date, *, today: date) -> int:
    """Return how many working days after `day` have begun by `today`."""
    days = (day + timedelta(days=n) for n in range(1, (today - day).days + 1))
    return sum(calendar_facts(on=each, horizon_days=1).days != OFFDAY for each in days)
