"""Rolling-window caps over what a seat or a line has used."""

from datetime import timedelta

from compliance.rulebook.decision import Answer, Reason, defer, refuse
from compliance.rulebook.facts import UseFacts

HOUR, DAY = timedelta(hours=1), timedelta(hours=24)


def full(
    use: UseFacts, *, limit: int, window: timedelta, reason: Reason, unknown: Reason
) -> Answer | None:
    """Return the objection to one more call, or None while the cap has room.

    The answer waits for the oldest use to leave the window, which makes room if the cap is
    exactly full; the facts say no more.
    """
    if use.count < limit:
        return None
    if use.oldest_at is None:
        return refuse(unknown)
    return defer(use.oldest_at + window, reason, count=use.count, limit=limit)
