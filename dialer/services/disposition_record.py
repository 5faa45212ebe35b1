"""Take an agent's word for a call; what the person said stands above it."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from audit import record as audit
from compliance.locks import lock_number
from compliance.models import Overruling, Principal, Seat
from compliance.models.words import RefusalSource
from compliance.selectors.refusals_of_call import evidence_of_call, refusals_of_call
from compliance.services.refusal_record import refusal_write
from dialer.models import Attempt, WrapUp
from dialer.models.wrap_up import REFUSALS

Said = WrapUp.Said
DISPOSITIONS = {
    Said.TALKED: Attempt.Disposition.TALKED,
    Said.CALL_AGAIN: Attempt.Disposition.TALKED,
    Said.WRONG_PERSON: Attempt.Disposition.TALKED,
    Said.NOBODY: Attempt.Disposition.UNREACHED,
    Said.REFUSED: Attempt.Disposition.REFUSED,
    Said.REFUSED_ALL: Attempt.Disposition.REFUSED,
}


class NotOnTheListError(ValueError):
    """The word is none of the closed list."""


class NotTheirCallError(Exception):
    """Another seat had the call."""


class CallIsUpError(Exception):
    """The call is not over; until then only a refusal can be written down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DispositionTaken:
    """What became of the agent's word."""

    wrap_up: WrapUp
    disposition: str  # of the call, as it stands now
    overruled: bool  # a refusal on record stood against the word


@transaction.atomic(durable=True)
def disposition_record(
    *, attempt_id: int, seat: Seat, said: str, actor: str, now: datetime
) -> DispositionTaken:
    """Write down what the agent says of the call, and a refusal at once.

    A refusal that was heard in the call stays one, whatever the agent says: its word is kept as
    an overruling, and at the second the rulebook suspends the seat (CN13-REF-04).

    :raises NotOnTheListError: if `said` is none of the closed list
    :raises NotTheirCallError: if another seat had the call
    :raises CallIsUpError: if the call is not over and `said` is no refusal
    """
    if said not in Said.values:
        raise NotOnTheListError(f"{said!r}: write one of {', '.join(Said.values)}.")
    attempt = call_held(attempt_id)
    if attempt.permit.seat_id != seat.pk:
        raise NotTheirCallError(f"Seat {seat.code} had no part in attempt {attempt_id}.")
    if attempt.ended_at is None and said not in REFUSALS:
        raise CallIsUpError(f"Attempt {attempt_id} is not over.")
    wrap_up = WrapUp.objects.create(attempt=attempt, seat=seat, said=said, said_at=now)
    if said in REFUSALS:
        _refuse(attempt, said, actor, now)
        overruled = False
    else:
        overruled = refusals_of_call(attempt.permit).exists()
    if overruled:
        overrule(attempt, said, actor, now)
    disposition = Attempt.Disposition.REFUSED if overruled else DISPOSITIONS[Said(said)]
    Attempt.objects.filter(pk=attempt.pk).update(disposition=disposition)
    audit.record(
        "disposition.recorded",
        obj=f"attempt:{attempt.pk}",
        actor=actor,
        now=now,
        data={"said": said, "disposition": str(disposition), "seat": seat.pk},
    )
    return DispositionTaken(wrap_up=wrap_up, disposition=disposition, overruled=overruled)


def call_held(attempt_id: int) -> Attempt:
    """Lock the call's person, then the call, and return it as it then is."""
    found = Attempt.objects.select_related("permit__filing__principal")
    lock_number(found.get(pk=attempt_id).permit.person_id)
    return found.select_for_update(of=("self",)).get(pk=attempt_id)


def overrule(attempt: Attempt, said: str, actor: str, now: datetime) -> None:
    """Keep the word that the person's refusal stands against; one call counts once."""
    permit = attempt.permit
    Overruling.objects.get_or_create(
        permit=permit, defaults={"seat_id": permit.seat_id, "said": said, "recorded_at": now}
    )
    audit.record(
        "disposition.overruled",
        obj=f"attempt:{attempt.pk}",
        actor=actor,
        now=now,
        outcome="denied",
        data={"said": said, "seat": permit.seat_id, "permit": str(permit.pk)},
    )


def _refuse(attempt: Attempt, said: str, actor: str, now: datetime) -> None:
    """Take the refusal down, unless this call's refusals say as much already."""
    everywhere = said == Said.REFUSED_ALL
    heard = refusals_of_call(attempt.permit)
    if (heard.filter(everywhere=True) if everywhere else heard).exists():
        return
    principal: Principal | None = None if everywhere else attempt.permit.filing.principal
    refusal_write(
        person_id=attempt.permit.person_id,
        principal=principal,
        source=RefusalSource.AGENT,
        evidence=evidence_of_call(attempt.permit),
        actor=actor,
        now=now,
    )
