"""Instants of Beijing, for tests."""

from datetime import UTC, date, datetime, timedelta

from compliance.rulebook.local import LocalClock

BEIJING = LocalClock.at_offset(8)


WORKDAY_MORNING = datetime(2026, 3, 11, 2, 0, tzinfo=UTC)  # Wednesday, 10:00 in Beijing


def beijing(text: str) -> datetime:
    """Return the instant of a Beijing time such as "2026-03-11 10:00"."""
    return (datetime.fromisoformat(text) - timedelta(hours=8)).replace(tzinfo=UTC)


def local_date(at: datetime) -> date:
    return date.fromordinal(BEIJING.day(at))
