"""Somebody confirms that an account's owner enrolled its authenticator.

Subject: the factor's key. Another one that is enrolled later is another subject.
"""

from datetime import datetime

from django.db import transaction

from audit import record as audit
from compliance.models import User
from console import log_ins
from console.approvals.kind import CannotCarryOutError, Kind, Shown, Subject
from console.models import SecondFactor
from console.templatetags.either import either
from console.witnesses import givers_of


class FactorWitness(Kind):
    """Asked for by the enrolment itself; turned down, the authenticator is taken away."""

    code, zh, en = "factor_witness", "见证第二因素的登记", "Confirm who enrolled a second factor"
    proposers = frozenset(str(role) for role in User.Role if role != User.Role.AGENT)

    def shown(self, subject: Subject) -> Shown:
        """Return whose account it is, and who could be taken for its owner."""
        user = _factor(subject).user
        givers = User.objects.filter(pk__in=givers_of(user)).order_by("username")
        return Shown(
            rows=(
                ("账号", "Account", user.username),
                ("姓名", "Name", user.real_name),
                ("角色", "Role", user.get_role_display()),
                ("初始密码由谁发放", "Password given by", "、".join(map(str, givers)) or "—"),
                (
                    "请核实",
                    "To be confirmed",
                    either(
                        "当面确认验证器由本人登记。",
                        "In person: its owner enrolled the authenticator.",
                    ),
                ),
            )
        )

    def approve(self, subject: Subject, by: User, now: datetime) -> None:
        """Let it count."""
        factor = _factor(subject)
        if by.pk in {factor.user_id, *givers_of(factor.user)}:
            raise CannotCarryOutError(
                "发放初始密码的人不能见证，须由另一人见证。",
                "Whoever gave the password does not confirm this: somebody else has to.",
            )
        with transaction.atomic():
            SecondFactor.objects.filter(pk=factor.pk).update(unwitnessed=False)
            obj, actor = f"u:{factor.user_id}", f"u:{by.pk}"
            audit.record("user.factor_witnessed", obj=obj, actor=actor, now=now)

    def reject(self, subject: Subject, by: User, reason: str, now: datetime) -> None:
        """Take it away: somebody else had enrolled it."""
        del reason
        factor = SecondFactor.objects.filter(pk=int(subject.id), unwitnessed=True).first()
        if factor is None:
            return
        with transaction.atomic():
            user = factor.user
            factor.delete()
            log_ins.end_all(user)
            audit.record("user.factor_reset", obj=f"u:{user.pk}", actor=f"u:{by.pk}", now=now)


def _factor(subject: Subject) -> SecondFactor:
    waiting = SecondFactor.objects.select_related("user").filter(unwitnessed=True)
    found: SecondFactor = waiting.get(pk=int(subject.id))
    return found
