"""A lost authenticator is taken away, so that its owner can enrol another. Subject: the account.

`asked`: {"reason": words}. Whoever could take factors away alone could be two people.
"""

from datetime import datetime

from django.db import transaction

from audit import record as audit
from audit.plain_numbers import without_numbers
from compliance.models import User
from console import log_ins
from console.approvals.kind import DECIDERS, CannotCarryOutError, Kind, Shown, Subject
from console.models import SecondFactor


class FactorReset(Kind):
    """Ends the person's sessions, too."""

    code, zh, en = "factor_reset", "重置第二因素", "Take a second factor away"
    proposers = DECIDERS

    def shown(self, subject: Subject) -> Shown:
        """Return whose it is, and why."""
        user = User.objects.get(pk=int(subject.id))
        return Shown(
            rows=(
                ("账号", "Account", user.username),
                ("姓名", "Name", user.real_name),
                ("角色", "Role", user.get_role_display()),
                ("理由", "Reason", without_numbers(str(subject.asked["reason"])) or "—"),
            )
        )

    def approve(self, subject: Subject, by: User, now: datetime) -> None:
        """Take it away."""
        factor_take_away(user=User.objects.get(pk=int(subject.id)), by=by, now=now)


@transaction.atomic
def factor_take_away(*, user: User, by: User, now: datetime) -> None:
    """Take the person's authenticator away, and end their sessions.

    :raises CannotCarryOutError: if it is the approver's own, or there is none
    """
    if user.pk == by.pk:
        raise CannotCarryOutError("不能批准重置自己的第二因素。", "Nobody resets their own.")
    gone, _ = SecondFactor.objects.filter(user=user).delete()
    if not gone:
        raise CannotCarryOutError("该账号没有第二因素。", "The account has no second factor.")
    log_ins.end_all(user)
    audit.record("user.factor_reset", obj=f"u:{user.pk}", actor=f"u:{by.pk}", now=now)
