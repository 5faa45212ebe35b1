"""Register a campaign with its dialling settings."""

from datetime import datetime

from compliance.models import User
from compliance.services.filing_register import FilingElements, filing_register
from dialer.models import Campaign

LEAST, MOST = 15, 45  # RULEBOOK NUM-13, as the database holds it


class RingSecondsError(Exception):
    """A phone rings long enough to be heard, and no longer than anybody waits."""


def campaign_register(
    *,
    elements: FilingElements,
    ring_seconds: int,
    max_attempts: int,
    author: User,
    now: datetime,
) -> Campaign:
    """File the campaign and keep how it is to be dialled; it runs once a second person activates.

    :raises RingSecondsError: before anything is filed, if it would ring too short or too long
    :raises NotAKeeperError: if the account may not
    :raises FilingRefusedError: if any rule of the registration stage objects
    """
    if not LEAST <= ring_seconds <= MOST:
        raise RingSecondsError(f"It rings for {LEAST} to {MOST} seconds, not {ring_seconds}.")
    filing = filing_register(elements=elements, author=author, now=now)
    return Campaign.objects.create(
        filing=filing, ring_seconds=ring_seconds, max_attempts=max_attempts
    )
