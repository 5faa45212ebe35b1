"""Note a number of the platform's own, left where only somebody who scrapes or steals finds it."""

from datetime import datetime

from django.db import transaction

from audit import record as audit
from compliance.denials import DeniedError
from compliance.models import Honeypot, User
from compliance.numbers import Number
from compliance.vault import number_index

PLANTERS = frozenset({User.Role.COMPLIANCE})


class NotAPlanterError(DeniedError):
    """Only compliance officers know the honeypots."""


@transaction.atomic
def honeypot_plant(*, number: Number, place: str, by: User, now: datetime) -> Honeypot:
    """Keep the number's blind index, never the number.

    :raises NotAPlanterError: if the account is no compliance officer's
    """
    if by.role not in PLANTERS or not by.is_active:
        raise NotAPlanterError(f"{by} cannot plant a honeypot.")
    honeypot = Honeypot.objects.create(
        number_index=number_index(number.e164), place=place, planted_by=by, planted_at=now
    )
    audit.record("honeypot.planted", obj=f"honeypot:{honeypot.pk}", actor=f"u:{by.pk}", now=now)
    return honeypot
