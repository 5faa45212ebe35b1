"""The list of violators 违规主体名单: by keyed digest, so that it cannot be read as a list."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction

from audit import record as audit
from compliance.models import Violator
from compliance.vault import number_index

LOCAL = timedelta(hours=8)  # China has kept one zone without summer time since 1991
_NOISE = re.compile(r"[\W_]+")


class ViolatorError(Exception):
    """Somebody on the list of violators was about to be taken on."""


def listed_index(kind: str, value: str) -> bytes:
    """Return the digest under which a value is listed, however it is spaced or written."""
    plain = _NOISE.sub("", unicodedata.normalize("NFKC", value)).casefold()
    return number_index(f"violator:{kind}:{plain}")


def refuse_violators(*, named: Mapping[str, str], actor: str, now: datetime) -> None:
    """Refuse to take on anybody who is listed; `named` gives values by the list's kinds.

    Ask before the transaction that takes them on begins: the refusal itself goes on the record.

    :raises ViolatorError: if one of the values is listed on this day
    """
    today = (now + LOCAL).date()
    for kind, value in named.items():
        entry = Violator.objects.filter(
            kind=kind,
            value_index=listed_index(kind, value),
            listed_on__lte=today,
            until__gte=today,
        ).first()
        if entry is None or not value.strip():
            continue
        with transaction.atomic():
            audit.record(
                "violator.refused",
                obj=f"violator:{entry.pk}",
                actor=actor,
                now=now,
                outcome="denied",
                data={"kind": kind},
            )
        raise ViolatorError(f"The {kind} is on the list of violators until {entry.until}.")
