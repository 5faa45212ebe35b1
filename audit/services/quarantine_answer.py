"""Answer for quarantined entries, so that calls may go on."""

from datetime import datetime

from django.db import transaction

from audit.models import AuditQuarantine, AuditState
from audit.plain_numbers import without_numbers
from audit.record import record


class NothingToAnswerError(ValueError):
    """No entry was set aside since the last answer, or nothing was said about it."""


@transaction.atomic(durable=True)
def quarantine_answer(*, reason: str, by: str, now: datetime) -> int:
    """Note who looked at the entries that were set aside, and what they found; return how many.

    The entries stay where they are, unsealed. A refusal of the signer is not lifted by this.

    :raises NothingToAnswerError: if there is nothing to answer for, or no answer
    """
    state = AuditState.objects.select_for_update().get()
    count = AuditQuarantine.objects.count()
    new = count - state.quarantined
    if not reason.strip() or new <= 0:
        raise NothingToAnswerError(
            "没有待处理的隔离条目，或未写明原因 / Nothing to answer for, or no reason given."
        )
    state.quarantined = count
    if state.stopped == AuditState.Stop.QUARANTINE:
        state.stopped, state.stopped_at = AuditState.Stop.RUNNING, None
    state.save(update_fields=["quarantined", "stopped", "stopped_at"])
    record(
        "audit.quarantine_answered",
        obj="audit:quarantine",
        actor=by,
        now=now,
        data={"entries": new, "reason": without_numbers(reason)},
    )
    return new
