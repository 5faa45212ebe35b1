"""Rolling-window caps over what a seat or a line has used."""

from datetime import datetime, timedelta

from compliance.rulebook.decision import Answer, Reason, defer, refuse
from compliance.rulebook.facts import UseFacts

HOUR, DAY = timedelta(hours=1), timedelta(hours=24)


def full(
    use: UseFacts,
    *,
    at: datetime,
    limit: int,
    window: timedelta,
    reason: Reason,
    unknown: Reason,
) -> Answer | None:
    """Return the objection to one more call, or None while the cap has room.

    The answer waits for the oldest use to leave the window, which makes room if the cap is
    exactly full. An overfull one empties within a whole window, which is all that the facts say.
    """
    if use.count < limit:
        return None
    if use.oldest_at is None:
        return refuse(unknown)
    free_at = use.oldest_at + window
    if free_at > at:
        return defer(free_at, reason, count=use.count, limit=limit)
    if use.count - 1 < limit:
        return None
    return defer(at + window, reason, count=use.count - 1, limit=limit)
