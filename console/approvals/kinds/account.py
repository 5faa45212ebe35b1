"""An account that asks, decides or reads everything is opened. Subject: the user name.

`asked`: {"role": code, "real_name": name}. It gets no password here: an administrator gives the
first one, face to face.
"""

from datetime import datetime

from django.db import IntegrityError
from django.urls import reverse

from compliance.models import User
from compliance.services.account_admit import NotAnAdmitterError, TakesTwoError, account_admit
from console.approvals.kind import CannotCarryOutError, Kind, Shown, Subject


class AccountOpening(Kind):
    """Wraps `account_admit`, as the administrator who asked."""

    code, zh, en = "account", "开设账号", "Open an account"
    proposers = frozenset({str(User.Role.ADMINISTRATOR)})

    def shown(self, subject: Subject) -> Shown:
        """Return who it is for, and what they could do then."""
        opened = User.objects.filter(username=subject.id).first()
        return Shown(
            rows=(
                ("账号", "Account", subject.id),
                ("姓名", "Name", subject.asked["real_name"]),
                ("角色", "Role", User(role=str(subject.asked["role"])).get_role_display()),
            ),
            url=reverse("console:account", args=[opened.pk]) if opened else "",
        )

    def approve(self, subject: Subject, by: User, now: datetime) -> None:
        """Open it, without a password; the service asks for both people itself."""
        try:
            account_admit(
                username=subject.id,
                role=str(subject.asked["role"]),
                real_name=str(subject.asked["real_name"]),
                admitted_by=subject.proposer,
                agreed_by=by,
                now=now,
            )
        except IntegrityError as error:
            raise CannotCarryOutError("该用户名已使用。", "The user name is taken.") from error
        except NotAnAdmitterError as error:
            raise CannotCarryOutError(
                "提请人已不是在用的管理员。", "Whoever asked is no administrator any more."
            ) from error
        except TakesTwoError as error:
            raise CannotCarryOutError(
                "同意人已不能决定。", "Whoever agreed does not decide any more."
            ) from error
