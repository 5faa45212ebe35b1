"""What agents press: ready, ready to see the person first, break."""

from datetime import datetime

from django.db import connection, transaction

from audit import record as audit
from compliance.models import Seat
from compliance.services.seat_duty import seat_pressed_ready
from dialer.lines.base import Outcome
from dialer.models import Attempt, Campaign, Preview, SeatSession
from dialer.services.preview_end import preview_end

State = SeatSession.State
CHANNEL = "yunhu_seats"  # PostgreSQL NOTIFY: whose phones are to be connected has changed
FREE = [State.OFFLINE, State.READY, State.WRAP_UP, State.BREAK]


class SeatBusyError(Exception):
    """The seat has a call, or is reserved for one."""


class WrapUpOwedError(Exception):
    """The agent has not written down what came of the last call."""


@transaction.atomic(durable=True)
def seat_ready(
    *, seat: Seat, campaign: Campaign, actor: str, now: datetime, previews: bool = False
) -> None:
    """Make the seat ready for one call of the campaign; every call needs a press of its own.

    :param previews: the agent sees the person first, and asks for the call with another press
    :raises SeatBusyError: if the seat has a call
    :raises WrapUpOwedError: if the last call has no word of the agent yet
    """
    if wrap_up_owed(seat_id=seat.pk) is not None:
        raise WrapUpOwedError(f"Seat {seat.code} has not wrapped up its last call.")
    SeatSession.objects.get_or_create(seat=seat, defaults={"since": now})
    _press(seat, State.READY, campaign, actor, now, previews=previews)
    seat_pressed_ready(seat_id=seat.pk, now=now)
    audit.record(
        "seat.ready",
        obj=f"seat:{seat.pk}",
        actor=actor,
        now=now,
        data={"filing": campaign.filing_id, "previews": previews},
    )


@transaction.atomic(durable=True)
def seat_pause(*, seat: Seat, actor: str, now: datetime) -> None:
    """Take the seat out of dialling; a call that is up goes on.

    :raises SeatBusyError: if the seat has a call
    """
    _press(seat, State.BREAK, None, actor, now, previews=False)
    audit.record("seat.paused", obj=f"seat:{seat.pk}", actor=actor, now=now)


def wrap_up_owed(*, seat_id: int) -> Attempt | None:
    """Return the seat's last call if its agent was in it and has not said what came of it."""
    calls = Attempt.objects.filter(permit__seat_id=seat_id).select_related("permit")
    last = calls.order_by("-permit__issued_at").first()
    if last is None or last.ended_at is None or last.bridged_after_ms is None:
        return None
    owes = last.result == Outcome.ANSWERED.value and not last.wrap_ups.exists()
    return last if owes else None


def _press(
    seat: Seat,
    state: State,
    campaign: Campaign | None,
    actor: str,
    now: datetime,
    *,
    previews: bool,
) -> None:
    free = SeatSession.objects.filter(seat=seat, state__in=FREE)
    pressed = {"state": state, "campaign": campaign, "since": now, "permit": None}
    if free.update(previews=previews, **pressed) != 1:
        raise SeatBusyError(f"Seat {seat.code} has a call.")
    for preview in Preview.objects.open().filter(seat=seat):
        preview_end(preview=preview, end=Preview.End.LEFT, actor=actor, now=now)
    with connection.cursor() as cursor:
        cursor.execute(f"NOTIFY {CHANNEL}")
