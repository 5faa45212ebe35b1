"""Keep the line ledger 语音线路台账: trunks and the filed caller numbers on them."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from audit import record as audit
from compliance.keepers import keepers_only
from compliance.models import CallerNumber, Operator, Trunk
from compliance.numbers import classify
from compliance.violators import refuse_violators


@transaction.atomic
def trunk_record(
    *,
    code: str,
    kind: str,
    carrier: str,
    contract_number: str,
    user_entity: str,
    access_location: str,
    permitted_purposes: Sequence[str],
    sub_leased: bool,
    reviewed_on: date,
    max_calls: int,
    actor: str,
    now: datetime,
    access_province: str = "",
) -> Trunk:
    """Record a trunk as the carrier's contract states it.

    :raises NotAKeeperError: if the account may not
    """
    keepers_only(actor)
    trunk = Trunk.objects.create(
        code=code,
        kind=kind,
        carrier=carrier,
        contract_number=contract_number,
        user_entity=user_entity,
        access_location=access_location,
        access_province=access_province,
        permitted_purposes=list(permitted_purposes),
        sub_leased=sub_leased,
        reviewed_on=reviewed_on,
        max_calls=max_calls,
    )
    audit.record(
        "trunk.recorded",
        obj=f"trunk:{trunk.pk}",
        actor=actor,
        now=now,
        data={"code": code, "kind": kind, "purposes": list(permitted_purposes)},
    )
    return trunk


def caller_number_file(
    *,
    number: str,
    operator: Operator,
    trunks: Sequence[Trunk],
    callout_opened: bool,
    valid_from: date,
    certificate_until: date,
    commitment_sha256: str,
    actor: str,
    now: datetime,
) -> CallerNumber:
    """File a caller number; its class is found, never stated.

    :raises NotAKeeperError: if the account may not
    :raises ViolatorError: if the number is listed
    """
    keepers_only(actor)
    refuse_violators(named={"number": number}, actor=actor, now=now)
    with transaction.atomic():
        return _file(
            number=number,
            operator=operator,
            trunks=trunks,
            callout_opened=callout_opened,
            valid_from=valid_from,
            certificate_until=certificate_until,
            commitment_sha256=commitment_sha256,
            actor=actor,
            now=now,
        )


def _file(
    *,
    number: str,
    operator: Operator,
    trunks: Sequence[Trunk],
    callout_opened: bool,
    valid_from: date,
    certificate_until: date,
    commitment_sha256: str,
    actor: str,
    now: datetime,
) -> CallerNumber:
    filed = CallerNumber.objects.create(
        number=number,
        number_class=classify(number).value,
        operator=operator,
        callout_opened=callout_opened,
        valid_from=valid_from,
        certificate_until=certificate_until,
        commitment_sha256=commitment_sha256,
    )
    filed.trunks.set(trunks)
    audit.record(
        "caller_number.filed",
        obj=f"caller_number:{filed.pk}",
        actor=actor,
        now=now,
        data={
            "number_class": filed.number_class,
            "trunks": [trunk.pk for trunk in trunks],
            "certificate_until": certificate_until.isoformat(),
        },
    )
    return filed
