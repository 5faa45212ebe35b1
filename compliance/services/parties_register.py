"""Put the parties on the record: operator, licence, principal, mandate."""

from datetime import date, datetime

from django.db import transaction

from audit import record as audit
from compliance.keepers import keepers_only
from compliance.models import Licence, Mandate, Operator, Principal, User
from compliance.violators import refuse_violators


def operator_register(
    *,
    legal_name: str,
    credit_code: str,
    regime: str,
    actor: str,
    now: datetime,
    legal_person: str = "",
) -> Operator:
    """Record the licensed call centre of this deployment; the database keeps it single.

    :raises NotAKeeperError: if the account may not
    :raises ViolatorError: if the company, its code or its legal person is listed
    """
    keepers_only(actor)
    named = {"company": legal_name, "credit_code": credit_code, "person": legal_person}
    refuse_violators(named=named, actor=actor, now=now)
    with transaction.atomic():
        operator = Operator.objects.create(
            legal_name=legal_name, credit_code=credit_code, regime=regime
        )
        audit.record(
            "operator.registered",
            obj=f"operator:{operator.pk}",
            actor=actor,
            now=now,
            data={"regime": regime},
        )
    return operator


@transaction.atomic
def licence_record(
    *,
    operator: Operator,
    kind: str,
    number: str,
    area: str,
    valid_from: date,
    expires_on: date,
    document_sha256: str,
    verified_by: User,
    now: datetime,
) -> Licence:
    """Record a licence that somebody verified.

    :raises NotAKeeperError: if the account may not
    """
    keepers_only(f"u:{verified_by.pk}")
    licence = Licence.objects.create(
        operator=operator,
        kind=kind,
        number=number,
        holder_name=operator.legal_name,
        area=area,
        valid_from=valid_from,
        expires_on=expires_on,
        document_sha256=document_sha256,
        verified_by=verified_by,
    )
    audit.record(
        "licence.recorded",
        obj=f"licence:{licence.pk}",
        actor=f"u:{verified_by.pk}",
        now=now,
        data={
            "kind": kind,
            "expires_on": expires_on.isoformat(),
            "document_sha256": document_sha256,
        },
    )
    return licence


def principal_register(
    *,
    name: str,
    industry: str,
    actor: str,
    now: datetime,
    credit_code: str = "",
    legal_person: str = "",
) -> Principal:
    """Record a business on whose behalf campaigns may call.

    :raises NotAKeeperError: if the account may not
    :raises ViolatorError: if the business, its code or its legal person is listed
    """
    keepers_only(actor)
    named = {"company": name, "credit_code": credit_code, "person": legal_person}
    refuse_violators(named=named, actor=actor, now=now)
    with transaction.atomic():
        principal = Principal.objects.create(name=name, industry=industry, credit_code=credit_code)
        audit.record(
            "principal.registered",
            obj=f"principal:{principal.pk}",
            actor=actor,
            now=now,
            data={"industry": industry},
        )
    return principal


@transaction.atomic
def mandate_record(
    *,
    principal: Principal,
    contract_number: str,
    valid_from: date,
    valid_until: date,
    document_sha256: str,
    actor: str,
    now: datetime,
) -> Mandate:
    """Record a principal's written mandate.

    :raises NotAKeeperError: if the account may not
    """
    keepers_only(actor)
    mandate = Mandate.objects.create(
        principal=principal,
        contract_number=contract_number,
        valid_from=valid_from,
        valid_until=valid_until,
        document_sha256=document_sha256,
    )
    audit.record(
        "mandate.recorded",
        obj=f"mandate:{mandate.pk}",
        actor=actor,
        now=now,
        data={
            "principal": principal.pk,
            "valid_until": valid_until.isoformat(),
            "document_sha256": document_sha256,
        },
    )
    return mandate
