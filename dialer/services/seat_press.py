"""What agents press: ready, break, off."""

from datetime import datetime

from django.db import transaction

from audit import record as audit
from compliance.models import Seat
from compliance.services.seat_duty import seat_pressed_ready
from dialer.models import Campaign, SeatSession

State = SeatSession.State
FREE = [State.OFFLINE, State.READY, State.WRAP_UP, State.BREAK]


class SeatBusyError(Exception):
    """The seat has a call, or is reserved for one."""


@transaction.atomic(durable=True)
def seat_ready(*, seat: Seat, campaign: Campaign, actor: str, now: datetime) -> None:
    """Make the seat ready for one call of the campaign; every call needs a press of its own.

    :raises SeatBusyError: if the seat has a call
    """
    SeatSession.objects.get_or_create(seat=seat, defaults={"since": now})
    _press(seat, State.READY, campaign, now)
    seat_pressed_ready(seat_id=seat.pk, now=now)
    audit.record(
        "seat.ready",
        obj=f"seat:{seat.pk}",
        actor=actor,
        now=now,
        data={"filing": campaign.filing_id},
    )


@transaction.atomic(durable=True)
def seat_pause(*, seat: Seat, actor: str, now: datetime) -> None:
    """Take the seat out of dialling; a call that is up goes on.

    :raises SeatBusyError: if the seat has a call
    """
    _press(seat, State.BREAK, None, now)
    audit.record("seat.paused", obj=f"seat:{seat.pk}", actor=actor, now=now)


def _press(seat: Seat, state: State, campaign: Campaign | None, now: datetime) -> None:
    free = SeatSession.objects.filter(seat=seat, state__in=FREE)
    if free.update(state=state, campaign=campaign, since=now, permit=None) != 1:
        raise SeatBusyError(f"Seat {seat.code} has a call.")
