"""What the gate knows of an agent's presses: ready for one call, and how long without a break."""

from datetime import datetime, timedelta

from django.db import transaction

from compliance.models import Permit, SeatDuty

FULL_BREAK = timedelta(minutes=10)  # RULEBOOK DIA-02: ten minutes in every hour


@transaction.atomic
def seat_pressed_ready(*, seat_id: int, now: datetime) -> None:
    """Note that the agent is ready for one call; the caller records the press.

    Ten minutes without a press and without a call are a break, and begin the work anew.
    """
    duty = SeatDuty.objects.select_for_update().filter(pk=seat_id).first()
    if duty is None:
        SeatDuty.objects.create(seat_id=seat_id, ready_at=now, on_duty_since=now)
        return
    SeatDuty.objects.filter(pk=seat_id).update(
        ready_at=now, on_duty_since=_on_duty_since(duty, now)
    )


def _on_duty_since(duty: SeatDuty, now: datetime) -> datetime:
    """Return since when the agent works without a break: one press has led to one call at most."""
    calls = Permit.objects.filter(seat_id=duty.pk, redeemed_at__gte=duty.ready_at)
    call = calls.order_by("-redeemed_at").first()
    if call is None or call.redeemed_at is None:
        return now if now - duty.ready_at >= FULL_BREAK else duty.on_duty_since
    if call.ended_at is not None and now - call.ended_at >= FULL_BREAK:
        return now
    waited = call.redeemed_at - duty.ready_at >= FULL_BREAK
    return call.redeemed_at if waited else duty.on_duty_since
