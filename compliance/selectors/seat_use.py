"""How much of its caps a seat has used, as the gate counts it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q

from compliance.editions import book_at
from compliance.models import Permit, SeatDuty
from compliance.rulebook.rules.duty import DutyParams
from compliance.rulebook.rules.seat import SeatCaps
from compliance.rulebook.usage import DAY, HOUR

CAPS_RULE, DUTY_RULE = "CN13-DIA-03", "CN13-DIA-02"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatUse:
    """Permits of the last hour and day, and the time since the last break; caps beside them."""

    hour: int
    hour_cap: int
    day: int
    day_cap: int
    worked_minutes: int
    work_minutes_cap: int
    wrap_seconds: int


def seat_use(*, seat_id: int, now: datetime) -> SeatUse | None:
    """Return what the seat has used; None where the rulebook in force has no such caps."""
    book = book_at(now)
    caps, duty = book.rule(CAPS_RULE), book.rule(DUTY_RULE)
    if caps is None or duty is None:
        return None
    limits: SeatCaps = caps.params
    work: DutyParams = duty.params
    used = Permit.objects.filter(seat_id=seat_id, issued_at__gt=now - DAY).aggregate(
        hour=Count("pk", filter=Q(issued_at__gt=now - HOUR)), day=Count("pk")
    )
    pressed = SeatDuty.objects.filter(pk=seat_id).first()
    worked = now - pressed.on_duty_since if pressed else timedelta(0)
    return SeatUse(
        hour=used["hour"],
        hour_cap=limits.hour,
        day=used["day"],
        day_cap=limits.day,
        worked_minutes=max(0, worked // timedelta(minutes=1)),
        work_minutes_cap=work.work // timedelta(minutes=1),
        wrap_seconds=work.wrap // timedelta(seconds=1),
    )
