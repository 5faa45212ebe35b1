"""Show a person's number in full: to compliance, for a reason of the list, on the record first."""

from datetime import datetime

from django.db import transaction

from audit import record as audit
from compliance.denials import DeniedError
from compliance.models import Person, User
from compliance.numbers import Words
from compliance.selectors.complaints import complaints_for
from compliance.services.person_for_number import number_of

REASONS = {
    "complaint": Words("核查投诉", "A complaint is looked into"),
    "refusal": Words("核实拒绝", "Whether the person refused"),
    "person": Words("本人要求", "The person asks for it"),
    "authority": Words("主管部门要求", "An authority asks for it"),
}


class RevealRefusedError(DeniedError):
    """The account may not see the number, or gave no reason."""


@transaction.atomic(durable=True)
def number_reveal(*, person: Person, by: User, reason: str, now: datetime) -> str:
    """Return the number in E.164; that it was shown, to whom and why is on the trail.

    :raises RevealRefusedError: unless it is a compliance officer with no part in a complaint of
        the person, and a reason of the list
    """
    if reason not in REASONS or by.role != User.Role.COMPLIANCE or not by.is_active:
        raise RevealRefusedError(f"{by} may not see the number of person {person.pk}.")
    if complaints_for(by).filter(person=person).count() != person.complaints.count():
        raise RevealRefusedError(f"{by} has a part in a complaint of person {person.pk}.")
    number = number_of(person)
    audit.record(
        "number.revealed",
        obj=f"person:{person.pk}",
        actor=f"u:{by.pk}",
        now=now,
        data={"in": "console", "reason": reason},
    )
    return number
