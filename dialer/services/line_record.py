"""Put on the record when a trunk's line process starts, stops, or is found to be gone."""

from datetime import datetime

from django.db import transaction

from audit import record as audit
from audit.selectors import entries

ACTOR, SWEEP = "svc:line", "svc:sweep"
STARTED, STOPPED, LOST = "line.started", "line.stopped", "line.lost"


@transaction.atomic
def line_started(*, trunk_id: int, now: datetime) -> None:
    """Record that a process serves the trunk."""
    _record("line.started", trunk_id, now, actor=ACTOR)


@transaction.atomic
def line_stopped(*, trunk_id: int, now: datetime) -> None:
    """Record that the trunk's process ended by itself."""
    _record("line.stopped", trunk_id, now, actor=ACTOR)


@transaction.atomic
def line_lost(*, trunk_id: int, now: datetime) -> None:
    """Record that the trunk's process is gone, once, unless it said so itself.

    Only the trunk's owner may do this, so that no process starts in between.
    """
    said = entries(obj=f"trunk:{trunk_id}").filter(action__in=[STARTED, STOPPED, LOST]).last()
    if said is not None and said.action == STARTED:
        _record("line.lost", trunk_id, now, actor=SWEEP)


def _record(action: str, trunk_id: int, now: datetime, *, actor: str) -> None:
    audit.record(action, obj=f"trunk:{trunk_id}", actor=actor, now=now)
