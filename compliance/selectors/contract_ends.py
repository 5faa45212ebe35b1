"""When a principal's contracts ended, and whether what came with them is gone."""

from collections.abc import Iterable
from datetime import date, timedelta

from compliance.models import Principal

DAY = timedelta(days=1)


def contracts_ended(principal: Principal) -> tuple[date, ...]:
    """Return the last days of a principal's contracts whose data nobody certified to be gone.

    Contracts that follow one another without a free day are one. The last day of one that still
    runs is among them, since the rule compares days.
    """
    periods = [(one.valid_from, one.last_day) for one in principal.mandates.all()]
    gone = [one.done_on for one in principal.data_returns.all()]
    return tuple(end for end in last_days(periods) if not any(day > end for day in gone))


def last_days(periods: Iterable[tuple[date, date]]) -> list[date]:
    """Return with which days the periods end, after joining those without a gap between."""
    ends: list[date] = []
    for first, last in sorted(periods):
        if ends and first <= ends[-1] + DAY:
            ends[-1] = max(ends[-1], last)
        else:
            ends.append(last)
    return ends
