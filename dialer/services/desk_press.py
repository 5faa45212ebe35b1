"""What an agent asks of the call that the seat has: end it, hold it, press keys. Nothing else.

A press is a row, and a notification wakes the process that holds the call. It is carried out
once and at once: one that is older than a few seconds never is.
"""

import re
from datetime import datetime, timedelta

from django.db import connection, transaction

from audit import record as audit
from compliance.denials import DeniedError
from compliance.models import User
from dialer.models import Attempt, DeskPress

CHANNEL = "yunhu_desk_presses"
KEYS = re.compile(r"[0-9*#A-D]{1,20}")
GOOD_FOR = timedelta(seconds=5)
What = DeskPress.What


class NotYourCallError(DeniedError):
    """Only the agent whose seat has the call may ask anything of it."""


class CallOverError(Exception):
    """The call is over, or never was up."""


class NotKeysError(ValueError):
    """Keys are 1 to 20 of 0-9, *, # and A-D."""


def call_hang_up(*, attempt_id: int, by: User, now: datetime) -> DeskPress:
    """End the call; one that still rings has its fifteen seconds first (CN13-NUM-13).

    :raises NotYourCallError: if the account's seat does not have the call
    :raises CallOverError: if the call is not up
    """
    return _press(attempt_id, What.HANG_UP, by, now)


def call_hold(*, attempt_id: int, by: User, now: datetime) -> DeskPress:
    """Let the callee wait, who can still press 9.

    :raises NotYourCallError: if the account's seat does not have the call
    :raises CallOverError: if the call is not up
    """
    return _press(attempt_id, What.HOLD, by, now)


def call_resume(*, attempt_id: int, by: User, now: datetime) -> DeskPress:
    """Go on talking.

    :raises NotYourCallError: if the account's seat does not have the call
    :raises CallOverError: if the call is not up
    """
    return _press(attempt_id, What.RESUME, by, now)


def call_digits(*, attempt_id: int, digits: str, by: User, now: datetime) -> DeskPress:
    """Press keys towards the callee.

    :raises NotKeysError: if they are no keys
    :raises NotYourCallError: if the account's seat does not have the call
    :raises CallOverError: if the call is not up
    """
    if KEYS.fullmatch(digits) is None:
        raise NotKeysError("Keys are 1 to 20 of 0-9, *, # and A-D.")
    return _press(attempt_id, What.DIGITS, by, now, digits=digits)


@transaction.atomic
def _press(
    attempt_id: int, what: DeskPress.What, by: User, now: datetime, *, digits: str = ""
) -> DeskPress:
    attempt = Attempt.objects.select_related("permit__seat").filter(pk=attempt_id).first()
    if attempt is None or attempt.permit.seat.agent_id != by.pk or not by.is_active:
        raise NotYourCallError(f"{by} has no such call.")
    if attempt.ended_at is not None:
        raise CallOverError(f"Call {attempt_id} is over.")
    press = DeskPress.objects.create(attempt=attempt, what=what, digits=digits, by=by, at=now)
    audit.record(
        "call.desk_pressed",
        obj=f"attempt:{attempt_id}",
        actor=f"u:{by.pk}",
        now=now,
        data={"what": what.value, "keys": len(digits)},
    )
    with connection.cursor() as cursor:
        cursor.execute(f"NOTIFY {CHANNEL}")
    return press


@transaction.atomic
def presses_take(*, attempt_ids: frozenset[int], now: datetime) -> list[DeskPress]:
    """Take what was asked of calls that this process holds; nobody else takes it again."""
    waiting = DeskPress.objects.filter(taken_at=None, attempt_id__in=attempt_ids)
    presses = list(waiting.select_for_update().order_by("pk"))
    DeskPress.objects.filter(pk__in=[each.pk for each in presses]).update(taken_at=now, digits="")
    return [each for each in presses if abs(now - each.at) < GOOD_FOR]
