"""A refusal that was found in a call once it was over, by speech recognition or by a checker."""

from datetime import datetime

from django.db import transaction

from compliance.models import Refusal
from compliance.models.words import RefusalSource
from compliance.selectors.refusals_of_call import evidence_of_call, refusals_of_call
from compliance.services.refusal_record import refusal_write
from dialer.models import Attempt, WrapUp
from dialer.models.wrap_up import REFUSALS
from dialer.services.disposition_record import call_held, overrule

HEARD = frozenset({RefusalSource.SPEECH, RefusalSource.AGENT})


@transaction.atomic(durable=True)
def refusal_after_call(*, attempt_id: int, source: str, actor: str, now: datetime) -> Refusal:
    """Record that the person said no in the call; the call's disposition becomes a refusal.

    `source` is "speech" where a machine heard it and "agent" where somebody who checks the call
    heard it said to the agent. If the agent wrote down something else, that is an overruling.

    :raises ValueError: if it was heard in another way
    """
    if source not in HEARD:
        raise ValueError(f"{source!r}: what is heard after a call is speech or agent.")
    attempt = call_held(attempt_id)
    earlier = refusals_of_call(attempt.permit).filter(source=source).first()
    if earlier is not None:
        return earlier
    refusal = refusal_write(
        person_id=attempt.permit.person_id,
        principal=attempt.permit.filing.principal,
        source=source,
        evidence=evidence_of_call(attempt.permit),
        actor=actor,
        now=now,
    )
    Attempt.objects.filter(pk=attempt.pk).update(disposition=Attempt.Disposition.REFUSED)
    last = WrapUp.objects.filter(attempt=attempt).order_by("-pk").first()
    if last is not None and last.said not in REFUSALS:
        overrule(attempt, last.said, actor, now)
    return refusal
