"""A principal changes to another caller number. Subject: the key of the number it leaves.

`asked`: {"principal": key, "purpose": "P3", "number": key of the new one, "reason": words}.
"""

from datetime import datetime

from compliance.models import CallerNumber, Principal, User
from compliance.numbers import mask
from compliance.services.number_change_approve import (
    ChangeNotApprovableError,
    number_change_approve,
)
from console.approvals.kind import DECIDERS, CannotCarryOutError, Kind, Shown, Subject


class NumberChange(Kind):
    """Wraps `number_change_approve`."""

    code, zh, en = "number_change", "更换主叫号码", "Change to another caller number"
    proposers = DECIDERS | {User.Role.SUPERVISOR}

    def shown(self, subject: Subject) -> Shown:
        """Return both numbers, and the reason."""
        return Shown(
            rows=(
                ("委托主体", "Principal", _principal(subject).name),
                ("用途", "Purpose", subject.asked["purpose"]),
                ("原号码", "Former number", mask(_number(subject.id).number)),
                ("新号码", "New number", mask(_number(subject.asked["number"]).number)),
                ("理由", "Reason", subject.asked["reason"]),
            )
        )

    def approve(self, subject: Subject, by: User, now: datetime) -> None:
        """Approve the change."""
        try:
            number_change_approve(
                principal=_principal(subject),
                purpose=str(subject.asked["purpose"]),
                previous=_number(subject.id),
                number=_number(subject.asked["number"]),
                reason=str(subject.asked["reason"]),
                author=subject.proposer,
                approver=by,
                now=now,
            )
        except ChangeNotApprovableError as error:
            raise CannotCarryOutError(
                "更换号码需要理由和第二人批准。",
                "A change of numbers needs a reason and a second person.",
            ) from error


def _principal(subject: Subject) -> Principal:
    return Principal.objects.get(pk=int(str(subject.asked["principal"])))


def _number(key: object) -> CallerNumber:
    return CallerNumber.objects.get(pk=int(str(key)))
