"""Ladders of values from good to bad, from which `directions` is made."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from tests.compliance.rulebook.instants import WORKDAY_MORNING, local_date

AGES = (0, 1, 5, 20, 59, 90, 24 * 60, 25 * 60, 7 * 1440, 31 * 1440, 91 * 1440, 400 * 1440)
NOW, TODAY = WORKDAY_MORNING, local_date(WORKDAY_MORNING)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Worse:
    """How the value of a field gets worse: from the one it has to the values that it returns."""

    rungs: Callable[[Any], tuple[Any, ...]]
    none_is_worst: bool = True  # where the fact may be None at all


@dataclass(frozen=True, slots=True)
class Unordered:
    """No value of the field is worse than another in itself; still, not to know it is."""

    why: str


def to(*values: Any) -> Worse:
    return Worse(rungs=lambda _: values)


def past(*, first: bool) -> tuple[datetime, ...]:
    instants = tuple(NOW - minutes * MINUTE for minutes in AGES)
    return instants if first else instants[::-1]


def _days(*, ahead: int) -> tuple[date, ...]:
    return tuple(TODAY + timedelta(days=ahead * n) for n in (0, 1, 8, 31, 400))


def ladder(*values: Any) -> Worse:
    """Go on from where the value stands on the ladder, or from the ladder's beginning."""
    return Worse(
        rungs=lambda at: values[values.index(at) + 1 :] if at in values else values,
        none_is_worst=None not in values,
    )


def grows(*more: Any) -> Worse:
    sizes = range(1, len(more) + 1)
    return Worse(rungs=lambda held: tuple((*(held or ()), *more[:size]) for size in sizes))


TRUE = Worse(rungs=lambda _: (True,))
FALSE = Worse(rungs=lambda _: (False,))
MORE = Worse(rungs=lambda n: tuple(n + more for more in (1, 2, 5, 30, 1000)))
LESS = Worse(rungs=lambda n: tuple(n // part for part in (2, 10, 10_000)))
SHRINKS = Worse(rungs=lambda held: tuple(held[size:] for size in range(1, len(held or ()) + 1)))
EARLIER = Worse(rungs=lambda at: tuple(at - minutes * MINUTE for minutes in AGES[1:]))
LATER = Worse(rungs=lambda at: tuple(at + minutes * MINUTE for minutes in AGES[1:]))
EARLIER_DAY = Worse(rungs=lambda day: tuple(day - n * DAY for n in (1, 30, 365, 3650, 36500)))
LATER_DAY = Worse(rungs=lambda day: tuple(day + n * DAY for n in (1, 30, 365, 3650, 36500)))
STILL_TODAY = Worse(rungs=lambda day: tuple(d for d in _days(ahead=-1) if d < day))
NEVER_OR_RECENT = ladder(None, *past(first=False))
RECENT_OR_NEVER = Worse(rungs=lambda at: tuple(one for one in past(first=True) if one < at))
