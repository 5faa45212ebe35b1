"""Put on the record that somebody asked a machine for a person, and whether one came."""

from datetime import datetime

from django.db import transaction

from audit import record as audit


@transaction.atomic
def person_asked(*, attempt_id: int, came: bool, actor: str, now: datetime) -> None:
    """Record key 0 in a machine's call (CN13-DIA-11)."""
    audit.record(
        "call.person_asked",
        obj=f"attempt:{attempt_id}",
        actor=actor,
        now=now,
        data={"came": came},
    )
