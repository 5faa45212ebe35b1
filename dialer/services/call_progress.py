"""What the line hears while a call is up, kept on the call record."""

from datetime import datetime

from dialer.models import Attempt, SeatSession


def call_sent(*, attempt_id: int, call_id: str) -> None:
    """Note that the INVITE left."""
    Attempt.objects.filter(pk=attempt_id).update(call_id=call_id)


def call_ringing(*, attempt_id: int, now: datetime) -> None:
    """Note that the callee's phone rings."""
    Attempt.objects.filter(pk=attempt_id, ringing_at=None).update(ringing_at=now)


def call_answered(*, attempt_id: int, now: datetime) -> None:
    """Note that somebody picked up, and put the seat on the call."""
    Attempt.objects.filter(pk=attempt_id, answered_at=None).update(answered_at=now)
    held = SeatSession.objects.filter(permit__attempt=attempt_id, state=SeatSession.State.RESERVED)
    held.update(state=SeatSession.State.ON_CALL, since=now)
