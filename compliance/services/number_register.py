"""Keep what is known of numbers: protected ones, and whether one is still the same person's."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.db import transaction

from audit import record as audit
from compliance.models import NumberEvent, Person, ProtectedNumber
from compliance.numbers import Number
from compliance.vault import number_index


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberState:
    """What a service says of one number at one instant."""

    kind: str  # NumberEvent.Kind
    at: datetime


class NumberChecks(Protocol):
    """A service that knows whether numbers are in use, such as a carrier's 空号检测.

    Yunhu ships none. What it says is kept by `number_event_record`; a pack that names a purpose
    in CN13-NUM-12's `checked_purposes` refuses numbers that nobody checked for `recheck_days`.
    """

    def state_of(self, e164: str) -> NumberState | None:
        """Return what the service knows; None if it knows nothing, or does not answer."""


@transaction.atomic
def number_event_record(
    *, person: Person, state: NumberState, source: str, actor: str, now: datetime
) -> NumberEvent:
    """Keep what a service said; the database puts it beside the number at once."""
    event = NumberEvent.objects.create(
        person=person, kind=state.kind, at=state.at, source=source, recorded_at=now
    )
    audit.record(
        "number.event_recorded",
        obj=f"person:{person.pk}",
        actor=actor,
        now=now,
        data={"kind": state.kind, "at": state.at.isoformat(), "source": source},
    )
    return event


@transaction.atomic
def numbers_protect(
    *,
    numbers: Iterable[Number],
    kind: str,
    organisation: str,
    source: str,
    actor: str,
    now: datetime,
) -> int:
    """Keep an organisation's numbers from being called, from this commit on; return how many.

    Only the blind index is kept. One person may add; nobody can take a number away again.
    """
    rows = [
        ProtectedNumber(
            number_index=number_index(number.e164),
            kind=kind,
            organisation=organisation,
            source=source,
            added_by=actor,
            added_at=now,
        )
        for number in numbers
    ]
    before = ProtectedNumber.objects.count()
    ProtectedNumber.objects.bulk_create(rows, ignore_conflicts=True)
    added = ProtectedNumber.objects.count() - before
    audit.record(
        "number.protected",
        obj=f"protected:{kind}",
        actor=actor,
        now=now,
        data={"kind": kind, "organisation": organisation, "source": source, "added": added},
    )
    return added
