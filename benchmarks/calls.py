"""What the benchmarks do in their world, at its one instant: permits, refusals, redemptions."""

from django.db import transaction

from audit.uuid7 import uuid7
from benchmarks.parties import ACTOR, OPENING
from compliance.gate import PermitRefusal, permit_request
from compliance.models import Permit, Principal
from compliance.redemption import PermitUnusableError, redeem
from compliance.services.permits_void import permits_void
from compliance.services.refusal_record import refusal_record

REFUSED = "CN13-REF-01"  # the rule that hears a person's no


def request(*, filing: int, person: int, seat: int) -> Permit:
    """Ask the gate for a permit at 10:00, and get it."""
    answer = permit_request(
        filing_id=filing,
        person_id=person,
        seat_id=seat,
        request=uuid7(OPENING),
        origin="progressive",
        actor=ACTOR,
        now=OPENING,
    )
    if isinstance(answer, PermitRefusal):
        raise TypeError(f"The gate refused: {answer.rules}.")
    return answer


def free_seats() -> None:
    """Void the permits that nobody used, so that their seats are free again."""
    with transaction.atomic():
        permits_void(which=Permit.objects.all(), reason="benchmark", actor=ACTOR, now=OPENING)


def refuse(*, person: int, principal: Principal) -> None:
    """Take down a refusal by key 9."""
    refusal_record(
        person_id=person,
        principal=principal,
        source="key_9",
        evidence="benchmark",
        actor=ACTOR,
        now=OPENING,
    )


def stopped_by_refusal(*, permit: Permit, spare_seat: int, at_the_line: bool) -> bool:
    """Try to spend the permit, or to get another one; tell whether the refusal stopped it."""
    if at_the_line:
        try:
            redeem(permit_id=permit.pk, trunk_id=permit.trunk_id, actor=ACTOR, now=OPENING)
        except PermitUnusableError:
            return True
        return False
    answer = permit_request(
        filing_id=permit.filing_id,
        person_id=permit.person_id,
        seat_id=spare_seat,
        request=uuid7(OPENING),
        origin="retry",
        actor=ACTOR,
        now=OPENING,
    )
    return isinstance(answer, PermitRefusal) and REFUSED in answer.rules
