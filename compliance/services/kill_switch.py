"""The kill switch: no new call, from the commit on; releasing it is on the record too."""

from datetime import datetime

from django.db import transaction

from audit import record as audit
from audit.plain_numbers import without_numbers
from compliance.models import KillSwitch


@transaction.atomic(durable=True)
def kill_switch_engage(
    *, scope: str, target: str, reason: str, actor: str, now: datetime
) -> KillSwitch:
    """Stop new calls for the platform, a principal, an industry or a province. Never refused."""
    switch = KillSwitch.objects.create(
        scope=scope, target=target, reason=reason, engaged_by=actor, engaged_at=now
    )
    audit.record(
        "kill_switch.engaged",
        obj=f"kill_switch:{switch.pk}",
        actor=actor,
        now=now,
        data={"scope": scope, "target": target, "reason": without_numbers(reason)},
    )
    return switch


class SwitchNotEngagedError(Exception):
    """The switch was released already."""


@transaction.atomic(durable=True)
def kill_switch_release(*, switch: KillSwitch, actor: str, now: datetime) -> None:
    """Release a switch.

    :raises SwitchNotEngagedError: if it was released already
    """
    engaged = KillSwitch.objects.filter(pk=switch.pk, released_at=None)
    if engaged.update(released_by=actor, released_at=now) != 1:
        raise SwitchNotEngagedError(f"Switch {switch.pk} was released already.")
    audit.record("kill_switch.released", obj=f"kill_switch:{switch.pk}", actor=actor, now=now)
