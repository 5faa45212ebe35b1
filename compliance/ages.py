"""Age groups of people who are known to be minors, from the day on which they come of age."""

from datetime import date

ADULT, CHILD = 18, 14  # years; PIPL 31 draws its line at 14
CHILD_UNTIL = ADULT - CHILD


def age_group(minor_until: date | str, *, today: date) -> str:
    """Return under_14, under_18, or "" for somebody who has come of age."""
    birthday = date.fromisoformat(minor_until) if isinstance(minor_until, str) else minor_until
    if today >= birthday:
        return ""
    return "under_14" if today < moved(birthday, years=-CHILD_UNTIL) else "under_18"


def moved(day: date, *, years: int) -> date:
    """Return the same day some years later; 29 February becomes 1 March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
