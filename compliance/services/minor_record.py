"""Note that a person is known to be a minor: from then on the rulebook asks for their age."""

from datetime import date, datetime

from django.db import transaction

from audit import record as audit
from compliance.ages import ADULT, age_group, moved
from compliance.models import Person


@transaction.atomic
def minor_record(
    *, person: Person, born_on: date, evidence: str, actor: str, now: datetime, today: date
) -> None:
    """Keep only the day on which the person comes of age; the birthday itself is not stored.

    :param evidence: how it is known, such as the hash of a letter; no number, no name
    :param today: the local day
    """
    minor_until = moved(born_on, years=ADULT)
    Person.objects.filter(pk=person.pk).update(minor_until=minor_until)
    audit.record(
        "minor.recorded",
        obj=f"person:{person.pk}",
        actor=actor,
        now=now,
        data={"group": age_group(minor_until, today=today), "evidence": evidence},
    )
