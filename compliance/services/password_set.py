"""Set the password of an account: whoever could log in with the old one no longer can."""

from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction

from audit import record as audit
from compliance.models import FirstPassword, User


class NoSuchAccountError(Exception):
    """There is no open account of this name."""


@transaction.atomic
def password_set(*, user: User, password: str, actor: str, now: datetime) -> None:
    """Set it; open sessions of the account end. What was typed is on no record.

    A first password is over with it.

    :raises NoSuchAccountError: if the account is closed
    """
    account = User.objects.filter(pk=user.pk, is_active=True)
    if account.update(password=make_password(password)) != 1:
        raise NoSuchAccountError(f"The account {user} is closed.")
    FirstPassword.objects.filter(user=user).delete()
    audit.record("user.password_changed", obj=f"u:{user.pk}", actor=actor, now=now)
