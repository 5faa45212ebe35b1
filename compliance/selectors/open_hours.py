"""When a purpose may call in the days to come, as the rulebook in force states it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from compliance.calendars import calendar_facts
from compliance.lists.moments import LOCAL
from compliance.models import QuietDays
from compliance.rulebook.opening import text
from compliance.rulebook.timetable import day_kind
from compliance.selectors.clock_due import numbers_of
from compliance.selectors.standing_facts import approved_years

GUARD = "CN13-TIM-09"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDay:
    """One local day."""

    on: date
    kind: str  # "w", "o"; "?": no notice covers it yet
    hours: str  # "09:00-12:00, 14:00-20:00"; "": closed
    quiet: bool  # declared quiet, everywhere or somewhere


def open_days(*, purpose: str, now: datetime, days: int = 7) -> Sequence[OpenDay]:
    """Return the days from today on, as hours of China's one zone; some places begin later.

    :raises KeyError: if the rulebook has no such purpose
    """
    today = now.astimezone(LOCAL).date()
    timetable = numbers_of(GUARD, now).timetable
    calendar = calendar_facts(on=today, horizon_days=days, years=approved_years())
    quiet = list(QuietDays.objects.filter(revoked_at=None, last_day__gte=today))
    found = []
    for ahead in range(days):
        on = today + timedelta(days=ahead)
        kind = day_kind(calendar, on.toordinal())
        hours = timetable.open[kind][purpose]
        silent = any(one.first_day <= on <= one.last_day for one in quiet)
        found.append(OpenDay(on=on, kind=kind, hours=text(hours), quiet=silent))
    return found
