"""Close the card that a seat looks at; unless its call was asked for, the person is free again."""

from datetime import datetime, timedelta

from django.db import transaction

from audit import record as audit
from dialer.models import Lead, Preview, SeatSession

State = SeatSession.State


@transaction.atomic
def preview_end(
    *, preview: Preview, end: Preview.End, actor: str, now: datetime, reason: str = ""
) -> bool:
    """Close it. Return False if it was closed before, and then change nothing."""
    if not preview.close(end=end, now=now, reason=reason):
        return False
    if end != Preview.End.CALLED:
        claimed = Lead.objects.filter(pk=preview.lead_id, state=Lead.State.CLAIMED)
        claimed.update(state=Lead.State.WAITING, claimed_at=None)
    audit.record(
        "preview.ended",
        obj=f"preview:{preview.pk}",
        actor=actor,
        now=now,
        data={
            "lead": preview.lead_id,
            "seat": preview.seat_id,
            "how": str(end),
            "reason": reason,
            "seen_ms": (now - preview.shown_at) // timedelta(milliseconds=1),
        },
    )
    return True


@transaction.atomic
def previews_expire(*, now: datetime, actor: str) -> int:
    """Close the cards that nobody acted on, and take their seats out of dialling."""
    over = Preview.objects.open().filter(until__lte=now)
    closed = 0
    for preview in over:
        if preview_end(preview=preview, end=Preview.End.EXPIRED, actor=actor, now=now):
            waiting = SeatSession.objects.filter(
                seat_id=preview.seat_id, state=State.READY, previews=True
            )
            waiting.update(state=State.BREAK, campaign=None, since=now, previews=False)
            closed += 1
    return closed
