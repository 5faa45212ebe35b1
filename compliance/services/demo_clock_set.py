"""State a clock for a demo; the database refuses it beside any trunk to a real carrier."""

from datetime import datetime

from django.db import transaction

from audit import record as audit
from compliance.models import DemoClock


@transaction.atomic(durable=True)
def demo_clock_set(*, base_at: datetime, running: bool, actor: str, now: datetime) -> DemoClock:
    """Make `base_at` the present, from the real instant `now` on.

    :raises IntegrityError: if the database knows a trunk to a real carrier
    """
    clock, _ = DemoClock.objects.update_or_create(
        sole=True,
        defaults={"base_at": base_at, "started_at": now, "running": running, "set_by": actor},
    )
    audit.record(
        "clock.demo_set",
        obj="clock:demo",
        actor=actor,
        now=now,
        data={"base_at": base_at.isoformat(), "running": running},
    )
    return clock
