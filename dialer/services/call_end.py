"""Write down how a call ended: attempt, permit, lead, seat and audit entry in one commit."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from audit import record as audit
from compliance.locks import lock_number
from compliance.models.words import RefusalSource
from compliance.selectors.refusals_of_call import evidence_of_call, refusals_of_call
from compliance.services.permit_close import permit_close
from compliance.services.refusal_record import refusal_write
from dialer.lines.base import Outcome
from dialer.lines.outcomes import consumes_attempt, retryable, unwanted
from dialer.models import Attempt, Lead, SeatSession

# When the next try is worth asking the gate for; its caps decide whether there will be one.
NEXT_TRY = {
    Outcome.BUSY: timedelta(minutes=30),
    Outcome.NO_ANSWER: timedelta(hours=4),
    Outcome.UNAVAILABLE: timedelta(hours=4),
    Outcome.CONGESTION: timedelta(minutes=10),
    Outcome.LINE_DOWN: timedelta(minutes=10),
}
HAD_A_CALL = (SeatSession.State.RESERVED, SeatSession.State.ON_CALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEnd:
    """What is known of a call's end."""

    outcome: Outcome
    sip_code: int | None
    q850: int | None
    ended_by: str
    talk_seconds: int
    bridged_after_ms: int | None = None  # from the answer to the seat's phone
    agent_after_ms: int | None = None  # … to the first sound of it (CN13-DIA-05)


LOST = CallEnd(outcome=Outcome.LOST, sip_code=None, q850=None, ended_by="line", talk_seconds=0)

# The line turned the call away before any INVITE left.
LINE_REFUSED = CallEnd(
    outcome=Outcome.LINE_DOWN, sip_code=None, q850=None, ended_by="line", talk_seconds=0
)


@transaction.atomic(durable=True)
def call_end(*, attempt_id: int, end: CallEnd, actor: str, now: datetime) -> bool:
    """Close a call. Return False if it was closed before, and then change nothing.

    A carrier that reports a callee who wants no such calls has taken down a refusal.
    """
    if unwanted(end.sip_code, end.q850):  # the person's lock comes before the call's, as always
        lock_number(_person_of(attempt_id))
    attempt = (
        Attempt.objects.select_for_update(of=("self",))
        .select_related("lead__campaign", "permit__filing__principal")
        .get(pk=attempt_id)
    )
    if attempt.ended_at is not None:
        return False
    if unwanted(end.sip_code, end.q850):
        _refused_by_carrier(attempt, actor, now)
    refused = refusals_of_call(attempt.permit).exists()
    _close_attempt(attempt, end, refused=refused, now=now)
    permit_close(
        permit_id=attempt.permit_id,
        result=end.outcome.value,
        talk_seconds=end.talk_seconds,
        ended_at=now,
    )
    _next_try(attempt.lead, end.outcome, now)
    _wrap_up(attempt, now)
    audit.record(
        "call.ended",
        obj=f"attempt:{attempt.pk}",
        actor=actor,
        now=now,
        data={
            "permit": str(attempt.permit_id),
            "lead": attempt.lead_id,
            "result": end.outcome.value,
            "sip_code": end.sip_code,
            "q850": end.q850,
            "ended_by": end.ended_by,
            "rang_after_ms": _after(attempt, attempt.ringing_at),
            "answered_after_ms": _after(attempt, attempt.answered_at),
            "bridged_after_ms": end.bridged_after_ms,
            "agent_after_ms": end.agent_after_ms,
            "talk_s": end.talk_seconds,
            "disposition": attempt.disposition,
        },
    )
    return True


def _after(attempt: Attempt, instant: datetime | None) -> int | None:
    """Return how long after its start the call came so far; None if it never did."""
    return None if instant is None else (instant - attempt.started_at) // timedelta(milliseconds=1)


def _person_of(attempt_id: int) -> int:
    return Attempt.objects.values_list("permit__person_id", flat=True).get(pk=attempt_id)


def _refused_by_carrier(attempt: Attempt, actor: str, now: datetime) -> None:
    """Take down the refusal; which code said so is in the call's own record."""
    refusal_write(
        person_id=attempt.permit.person_id,
        principal=attempt.permit.filing.principal,
        source=RefusalSource.CARRIER,
        evidence=evidence_of_call(attempt.permit),
        actor=actor,
        now=now,
    )


def _close_attempt(attempt: Attempt, end: CallEnd, *, refused: bool, now: datetime) -> None:
    attempt.result = end.outcome.value
    attempt.sip_code = end.sip_code
    attempt.q850 = end.q850
    attempt.ended_by = end.ended_by
    attempt.ended_at = now
    attempt.bridged_after_ms = end.bridged_after_ms
    attempt.agent_after_ms = end.agent_after_ms
    attempt.disposition = _disposition(end.outcome, refused=refused)
    attempt.save()


def _disposition(outcome: Outcome, *, refused: bool) -> str:
    if refused:
        return Attempt.Disposition.REFUSED
    answered = outcome is Outcome.ANSWERED
    return Attempt.Disposition.TALKED if answered else Attempt.Disposition.UNREACHED


def _next_try(lead: Lead, outcome: Outcome, now: datetime) -> None:
    """Set when to try again. A lost call is never tried again: nobody knows whether it rang."""
    used = lead.attempts + (1 if consumes_attempt(outcome) else 0)
    again = retryable(outcome) and used < lead.campaign.max_attempts
    Lead.objects.filter(pk=lead.pk, state=Lead.State.CLAIMED).update(
        state=Lead.State.WAITING if again else Lead.State.DONE,
        due_at=now + NEXT_TRY[outcome] if again else F("due_at"),
        attempts=used,
        last_result=outcome.value,
        claimed_at=None,
    )


def _wrap_up(attempt: Attempt, now: datetime) -> None:
    held = SeatSession.objects.filter(permit_id=attempt.permit_id, state__in=HAD_A_CALL)
    # RULEBOOK DIA-02: the press has had its call, also if nobody spoke; the next needs its own.
    held.update(state=SeatSession.State.WRAP_UP, since=now, permit=None)
