"""Declare what people are measured by; a target that counts calls or sales does not exist."""

from datetime import datetime

from django.db import transaction

from audit import record as audit
from audit.plain_numbers import without_numbers
from compliance.keepers import keepers_only
from compliance.models import ConductTarget, User


class TargetRefusedError(Exception):
    """Nobody here is measured by volume, sales or codes; `kind` names what was asked for."""


def target_declare(*, kind: str, percent: int, declared_by: User, now: datetime) -> ConductTarget:
    """Declare a target about conduct, in percent of cases.

    Asking for another kind is refused, and that is on the record.

    :raises NotAKeeperError: if the account may not
    :raises TargetRefusedError: if the kind is not about conduct
    """
    actor = f"u:{declared_by.pk}"
    keepers_only(actor)
    if kind not in ConductTarget.Kind.values:
        with transaction.atomic():
            audit.record(
                "target.refused",
                obj="target:none",
                actor=actor,
                now=now,
                outcome="denied",
                data={"kind": _recorded(kind)},
            )
        raise TargetRefusedError(f"{kind!r} cannot be a target: {ConductTarget.Kind.values}.")
    with transaction.atomic():
        target, _ = ConductTarget.objects.update_or_create(
            kind=kind,
            defaults={"percent": percent, "declared_by": declared_by, "declared_at": now},
        )
        audit.record(
            "target.declared",
            obj=f"target:{target.pk}",
            actor=actor,
            now=now,
            data={"kind": kind, "percent": percent},
        )
    return target


def _recorded(kind: str) -> str:
    """Return what was asked for as the trail takes it; the cut may lay a number bare."""
    return without_numbers(without_numbers(kind)[:64])
