"""Lift a refusal: the person agreed again, later and outside a call, and two people saw it."""

from datetime import datetime

from django.db import IntegrityError, transaction

from audit import record as audit
from compliance.locks import lock_number
from compliance.models import Consent, LiftRequest, Refusal, RefusalLift, User

APPROVERS = frozenset({User.Role.COMPLIANCE, User.Role.ADMINISTRATOR})


class LiftRefusedError(Exception):
    """The refusal stands: the consent does not lift it, or the account may not."""


def refusal_lift_request(
    *, refusal: Refusal, consent: Consent, by: User, now: datetime
) -> LiftRequest:
    """Say that a consent lifts a refusal, as the first of two people; nothing is lifted yet.

    :raises LiftRefusedError: unless it is the person's own later consent, given outside a call, or
        if the account has a part in the complaint that the refusal came from
    """
    _check_role(by)
    try:
        with transaction.atomic():
            request = LiftRequest.objects.create(
                refusal=refusal, consent=consent, requested_by=by, requested_at=now
            )
            audit.record(
                "refusal.lift_requested",
                obj=f"refusal:{refusal.pk}",
                actor=f"u:{by.pk}",
                now=now,
                data={"person": refusal.person_id, "consent": consent.pk, "request": request.pk},
            )
    except IntegrityError as error:  # the database is the referee
        raise LiftRefusedError(f"Consent {consent.pk} does not lift {refusal}.") from error
    return request


def refusal_lift_approve(*, request: LiftRequest, by: User, now: datetime) -> RefusalLift:
    """Lift the refusal, as the second person; if the consent is withdrawn, it stands again.

    :raises LiftRefusedError: if the account may not, asked for it itself, or it is lifted already
    """
    _check_role(by)
    if by.pk == request.requested_by_id:
        raise LiftRefusedError(f"{by} asked for it; somebody else has to approve it.")
    try:
        with transaction.atomic():
            lock_number(request.refusal.person_id)
            lift = RefusalLift.objects.create(
                refusal_id=request.refusal_id,
                consent_id=request.consent_id,
                request=request,
                first_approver_id=request.requested_by_id,
                second_approver=by,
                lifted_at=now,
            )
            audit.record(
                "refusal.lifted",
                obj=f"refusal:{request.refusal_id}",
                actor=f"u:{by.pk}",
                now=now,
                data={
                    "person": request.refusal.person_id,
                    "consent": request.consent_id,
                    "first_approver": request.requested_by_id,
                },
            )
    except IntegrityError as error:
        raise LiftRefusedError(f"Request {request.pk} lifts nothing (any more).") from error
    return lift


def _check_role(user: User) -> None:
    if user.role not in APPROVERS or not user.is_active:
        raise LiftRefusedError(f"{user} cannot lift a refusal.")
