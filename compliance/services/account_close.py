"""Close an account, for good: whoever left logs in no more, approves nothing, and has no seat."""

from datetime import datetime

from django.db import connection, transaction

from audit import record as audit
from compliance.denials import DeniedError
from compliance.models import Seat, User
from compliance.services.account_admit import DECIDERS
from compliance.services.people_admit import seat_close
from compliance.services.token_revoke import token_revoke


class NotACloserError(DeniedError):
    """Accounts are closed by another person, an administrator."""


class LastDeciderError(DeniedError):
    """Nobody but whoever closes would be left to decide: the successor's account comes first."""


class AccountClosedError(Exception):
    """The account is closed already."""


@transaction.atomic
def account_close(*, user: User, closed_by: User, now: datetime) -> None:
    """Close an account, and with it its tokens for the API and the seat of its agent.

    Nobody closes their own, so that one administrator is always left.

    :raises NotACloserError: if the person may not, or it is their own account
    :raises LastDeciderError: if nobody else would be left who decides
    :raises AccountClosedError: if it was closed before
    """
    with connection.cursor() as cursor:  # two administrators who close each other: one is left
        cursor.execute("LOCK TABLE compliance_user IN SHARE ROW EXCLUSIVE MODE")
    administrators = User.objects.filter(role=User.Role.ADMINISTRATOR, is_active=True)
    if closed_by.pk == user.pk or not administrators.filter(pk=closed_by.pk).exists():
        raise NotACloserError(f"{closed_by} cannot close the account {user}.")
    others = User.objects.filter(role__in=DECIDERS, is_active=True).exclude(pk=closed_by.pk)
    if user.role in DECIDERS and not others.exclude(pk=user.pk).exists() and user.is_active:
        raise LastDeciderError(f"{user} is the last one beside {closed_by} who decides.")
    if User.objects.filter(pk=user.pk, is_active=True).update(is_active=False) != 1:
        raise AccountClosedError(f"The account {user} is closed already.")
    audit.record(
        "user.closed",
        obj=f"u:{user.pk}",
        actor=f"u:{closed_by.pk}",
        now=now,
        data={"role": user.role},
    )
    token_revoke(user=user, actor=f"u:{closed_by.pk}", now=now)
    seat = Seat.objects.filter(agent=user, active=True).first()
    if seat is not None:
        seat_close(seat=seat, actor=f"u:{closed_by.pk}", now=now)
