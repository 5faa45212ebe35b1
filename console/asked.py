"""What an address or a form asks for: read by everybody alike, so that nothing odd breaks a page.

What cannot be read is not asked for: the answer is then None.
"""

import re
from datetime import date, datetime

from django.utils import timezone

from compliance.lists.moments import EARLIEST

LATEST = 2100  # as far as papers run; days and zones can be reckoned with around it
# Nine digits are more people than anybody calls. What is longer may be a telephone number that
# somebody wrote into the address, which the trail keeps for ever and therefore refuses.
PERSON = re.compile(r"[1-9][0-9]{0,8}")
WHOLE = re.compile(r"[0-9]{1,18}")  # digits that surely fit a key of the database


def person_from(text: str) -> int | None:
    """Read the key of a person: what a page accepts is what the trail says was looked at."""
    return int(text) if PERSON.fullmatch(text) else None


def whole_from(text: str) -> int | None:
    """Read a whole number, such as a key or a place."""
    return int(text) if WHOLE.fullmatch(text) else None


def day_from(text: str) -> date | None:
    """Read a day, as the browser's own field writes it."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if is_near(day) else None


def instant_from(text: str) -> datetime | None:
    """Read a day or an instant, in local time where it names no zone."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    if not is_near(at):
        return None
    return timezone.make_aware(at) if timezone.is_naive(at) else at


def is_near(day: date) -> bool:
    """Return whether the year is one that anything here can be of."""
    return EARLIEST <= day.year <= LATEST
