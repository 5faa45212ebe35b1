"""Register a campaign with its dialling settings."""

from datetime import datetime

from compliance.models import User
from compliance.services.filing_register import FilingElements, filing_register
from dialer.models import Campaign


def campaign_register(
    *,
    elements: FilingElements,
    ring_seconds: int,
    max_attempts: int,
    author: User,
    now: datetime,
) -> Campaign:
    """File the campaign and keep how it is to be dialled; it runs once a second person activates.

    :raises FilingRefusedError: if any rule of the registration stage objects
    """
    filing = filing_register(elements=elements, author=author, now=now)
    return Campaign.objects.create(
        filing=filing, ring_seconds=ring_seconds, max_attempts=max_attempts
    )
