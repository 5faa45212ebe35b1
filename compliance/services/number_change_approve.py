"""Let a principal take another caller number: with a reason, and by a second person."""

from datetime import datetime

from django.db import transaction

from audit import record as audit
from audit.plain_numbers import without_numbers
from compliance.models import CallerNumber, NumberChange, Principal, User

APPROVERS = frozenset({User.Role.COMPLIANCE, User.Role.ADMINISTRATOR})


class ChangeNotApprovableError(Exception):
    """A change of numbers needs a reason and a second person of compliance."""


@transaction.atomic
def number_change_approve(
    *,
    principal: Principal,
    purpose: str,
    previous: CallerNumber,
    number: CallerNumber,
    reason: str,
    author: User,
    approver: User,
    now: datetime,
) -> NumberChange:
    """Approve the change; it does not shorten the cool-down after a mark.

    :raises ChangeNotApprovableError: if the reason is empty, or the approver is the author or has
        no such role
    """
    second = approver.pk != author.pk and approver.role in APPROVERS and approver.is_active
    if not (second and reason.strip()):
        raise ChangeNotApprovableError(f"{approver} cannot approve this change of numbers.")
    change = NumberChange.objects.create(
        principal=principal,
        purpose=purpose,
        previous=previous,
        number=number,
        reason=reason,
        author=author,
        approver=approver,
        approved_at=now,
    )
    audit.record(
        "caller_number.replaced",
        obj=f"number_change:{change.pk}",
        actor=f"u:{approver.pk}",
        now=now,
        data={
            "principal": principal.pk,
            "purpose": purpose,
            "previous": previous.pk,
            "number": number.pk,
            "author": author.pk,
            "reason": without_numbers(reason),
        },
    )
    return change
