"""What goes wrong for one person of the seeded call centre, by the services that people use."""

from dataclasses import dataclass

from compliance import clock
from compliance.models import Complaint, Decision, Person, Refusal, User
from compliance.numbers import normalise
from compliance.services.complaint_open import Intake, complaint_open
from compliance.services.person_for_number import number_of
from dialer.models import Attempt
from dialer.services.disposition_record import disposition_record
from dialer.services.refusal_after_call import refusal_after_call
from tests.console.seed import Seeded


@dataclass(frozen=True, slots=True, kw_only=True)
class Troubled:
    """The person, and what came of the call that they answered."""

    person: Person
    number: str  # as people write it
    attempt: Attempt
    heard: Refusal  # by the machine, where the agent wrote that they had talked
    complaint: Complaint


def trouble(seeded: Seeded) -> Troubled:
    """Let a machine hear a no that the agent did not write down, and the person complain."""
    decision = Decision.objects.select_related("person", "permit__attempt").get(
        pk=seeded.permitted
    )
    person, attempt = decision.person, decision.permit.attempt
    number = number_of(person)
    disposition_record(
        attempt_id=attempt.pk,
        seat=decision.permit.seat,
        said="talked",
        actor=f"u:{decision.permit.seat.agent_id}",
        now=clock.read(),
    )
    heard = refusal_after_call(
        attempt_id=attempt.pk, source="speech", actor="svc:speech", now=clock.read()
    )
    opened = complaint_open(
        number=normalise(number),
        intake=Intake(channel="12321", external_ref="SH-1", permit_id=decision.permit.pk),
        actor=f"u:{User.objects.get(username='compliance').pk}",
        now=clock.read(),
    )
    return Troubled(
        person=person,
        number=number.removeprefix("+86"),
        attempt=attempt,
        heard=heard,
        complaint=opened.complaint,
    )
