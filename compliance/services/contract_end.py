"""End a principal's contract, and certify that its data is deleted or given back."""

from datetime import date, datetime

from django.db import DatabaseError, transaction

from audit import record as audit
from compliance.models import DataReturn, Mandate, Principal, User

APPROVERS = frozenset({User.Role.COMPLIANCE, User.Role.ADMINISTRATOR})


class MandateEndedError(Exception):
    """The mandate has ended, or that day is not before its own end."""


class DataReturnRefusedError(Exception):
    """Nobody may certify it so: two people, an ended contract, and no list left."""


def mandate_end(*, mandate: Mandate, ended_on: date, actor: str, now: datetime) -> None:
    """End a mandate before its time, once; after that day nobody is called for it.

    :raises MandateEndedError: if it ended already, or does so by itself sooner
    """
    try:
        with transaction.atomic():
            running = Mandate.objects.filter(pk=mandate.pk, ended_on=None)
            if running.update(ended_on=ended_on) != 1:
                raise MandateEndedError(f"Mandate {mandate.pk} has ended.")
            audit.record(
                "mandate.ended",
                obj=f"mandate:{mandate.pk}",
                actor=actor,
                now=now,
                data={"principal": mandate.principal_id, "ended_on": ended_on.isoformat()},
            )
    except DatabaseError as error:
        raise MandateEndedError(str(error).partition("\n")[0]) from error


def data_return_record(
    *,
    principal: Principal,
    contract_end: date,
    method: str,
    certificate_sha256: str,
    done_on: date,
    author: User,
    approver: User,
    now: datetime,
) -> DataReturn:
    """Certify it; the database refuses while a list of the principal still holds data.

    :raises DataReturnRefusedError: if it cannot be certified so
    """
    if approver.pk == author.pk or approver.role not in APPROVERS or not approver.is_active:
        raise DataReturnRefusedError(f"{approver} cannot approve what {author} certifies.")
    try:
        with transaction.atomic():
            certificate = DataReturn.objects.create(
                principal=principal,
                contract_end=contract_end,
                method=DataReturn.Method(method),
                certificate_sha256=certificate_sha256,
                done_on=done_on,
                author=author,
                approver=approver,
                recorded_at=now,
            )
            audit.record(
                "data.returned",
                obj=f"principal:{principal.pk}",
                actor=f"u:{approver.pk}",
                now=now,
                data={
                    "certificate": certificate.pk,
                    "contract_end": contract_end.isoformat(),
                    "method": certificate.method,
                    "certificate_sha256": certificate_sha256,
                    "author": author.pk,
                },
            )
    except DatabaseError as error:
        raise DataReturnRefusedError(str(error).partition("\n")[0]) from error
    return certificate
