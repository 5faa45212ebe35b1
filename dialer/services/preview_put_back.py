"""Put the person on a card back for somebody else: for a reason of a closed list, and rarely."""

from datetime import datetime, timedelta

from compliance.models import Seat
from dialer.models import Preview
from dialer.services.preview_call import NoPreviewError
from dialer.services.preview_end import preview_end

MOST_AN_HOUR = 3  # RULEBOOK LST-05: whoever puts back until a good one comes draws their own leads


class PutBackTooOftenError(Exception):
    """The agent has put back as many as anybody may in an hour."""


def preview_put_back(*, seat: Seat, reason: str, actor: str, now: datetime) -> None:
    """Close the seat's card; the person waits for another agent.

    :raises ValueError: if the reason is none of the list
    :raises NoPreviewError: if there is no card
    :raises PutBackTooOftenError: if this hour's are used up
    """
    if reason not in Preview.Reason.values:
        raise ValueError(f"{reason!r}: write one of {', '.join(Preview.Reason.values)}.")
    preview = Preview.objects.open().filter(seat=seat).first()
    if preview is None:
        raise NoPreviewError(f"Seat {seat.code} looks at nobody.")
    hour = Preview.objects.filter(
        seat=seat, end=Preview.End.PUT_BACK, ended_at__gt=now - timedelta(hours=1)
    )
    if hour.count() >= MOST_AN_HOUR:
        raise PutBackTooOftenError(f"Seat {seat.code} has put back {MOST_AN_HOUR} this hour.")
    preview_end(preview=preview, end=Preview.End.PUT_BACK, reason=reason, actor=actor, now=now)
