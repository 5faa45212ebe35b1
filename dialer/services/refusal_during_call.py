"""The callee presses 9: a refusal, at any time of the call."""

from datetime import datetime

from compliance.models import Refusal
from compliance.models.words import RefusalSource
from compliance.selectors.refusals_of_call import evidence_of_call, refusals_of_call
from compliance.services.refusal_record import refusal_record
from dialer.models import Attempt


def refusal_during_call(*, attempt_id: int, actor: str, now: datetime) -> Refusal:
    """Record the callee's refusal towards the campaign's principal and its kind of business."""
    attempt = Attempt.objects.select_related("permit__filing__principal").get(pk=attempt_id)
    earlier = refusals_of_call(attempt.permit).filter(source=RefusalSource.KEY_9).first()
    if earlier is not None:  # pressed twice
        return earlier
    return refusal_record(
        person_id=attempt.permit.person_id,
        principal=attempt.permit.filing.principal,
        source=RefusalSource.KEY_9,
        evidence=evidence_of_call(attempt.permit),
        actor=actor,
        now=now,
    )
