"""What an account was refused because of who it is, and that this is put on the record."""

from datetime import datetime

from django.db import transaction

from audit import record as audit


class DeniedError(Exception):
    """The account is not the one that may do this; whoever tells people so records it."""


@transaction.atomic
def denial_record(*, obj: str, actor: str, now: datetime, error: Exception) -> None:
    """Record that somebody was refused: `obj` is what they asked for, such as `command:accounts`.

    It is a transaction of its own: what was refused has been rolled back.
    """
    audit.record(
        "access.denied",
        obj=obj,
        actor=actor,
        now=now,
        outcome="denied",
        data={"why": type(error).__name__},
    )
