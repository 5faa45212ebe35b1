"""Put on the record that a line has paused itself, and let an administrator end the pause."""

from datetime import datetime, timedelta

from django.db import transaction

from audit import record as audit
from compliance.denials import DeniedError
from compliance.models import Trunk, User
from dialer.lines.base import LineAlarm
from dialer.models import LinePause

PAUSED_FOR = timedelta(minutes=30)


class NotAnAdministratorError(DeniedError):
    """Only an administrator lets a paused line take calls again."""


class NotPausedError(Exception):
    """The trunk's line is not paused."""


@transaction.atomic
def line_pause(*, trunk_id: int, alarm: LineAlarm, now: datetime) -> LinePause:
    """Record the alarm, and for how long no call leaves."""
    pause = LinePause.objects.create(
        trunk_id=trunk_id,
        outcome=alarm.outcome.value,
        in_a_row=alarm.in_a_row,
        paused_at=now,
        until=now + PAUSED_FOR,
    )
    audit.record(
        "line.paused",
        obj=f"trunk:{trunk_id}",
        actor="svc:line",
        now=now,
        data={"result": alarm.outcome.value, "in_a_row": alarm.in_a_row},
    )
    return pause


@transaction.atomic
def line_resume(*, trunk: Trunk, by: User, now: datetime) -> None:
    """End the trunk's pause; its line process notices within a second.

    :raises NotAnAdministratorError: if the account may not
    :raises NotPausedError: if there is no pause to end
    """
    if by.role != User.Role.ADMINISTRATOR or not by.is_active:
        raise NotAnAdministratorError(f"{by} may not end a pause of {trunk}.")
    in_force = LinePause.objects.filter(trunk=trunk, resumed_at=None, until__gt=now)
    if in_force.update(resumed_at=now, resumed_by=by) == 0:
        raise NotPausedError(f"{trunk} is not paused.")
    audit.record("line.resumed", obj=f"trunk:{trunk.pk}", actor=f"u:{by.pk}", now=now)


def is_paused(*, trunk_id: int, now: datetime) -> bool:
    """Say whether a pause of the trunk is in force."""
    pauses = LinePause.objects.filter(trunk_id=trunk_id, resumed_at=None, until__gt=now)
    return pauses.exists()
