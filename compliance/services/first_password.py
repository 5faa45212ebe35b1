"""A first password: given by an administrator, told once, and good for choosing another one only.

What was given or chosen is on no record and in no log; only its hash is kept.
"""

import secrets
from datetime import datetime, timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.views.decorators.debug import sensitive_variables

from audit import record as audit
from compliance.denials import DeniedError
from compliance.models import FirstPassword, User
from compliance.services.password_set import NoSuchAccountError, password_set
from compliance.services.token_revoke import token_revoke

SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another
GROUPS, OF = 4, 5  # 20 signs of 31: 99 bits
LASTS = timedelta(hours=72)


class NotAGiverError(DeniedError):
    """First passwords are given by an administrator, to others."""


@sensitive_variables("password")
@transaction.atomic
def first_password_give(*, user: User, by: User, now: datetime) -> str:
    """Give an account a new password and return it: it can be told now, and never again.

    Sessions of the account end, and its tokens for the API: it may have been in other hands. The
    password opens nothing but the choice of another one, for three days.

    :raises NotAGiverError: if the person is no administrator, or it is their own account
    :raises NoSuchAccountError: if the account is closed
    """
    if by.role != User.Role.ADMINISTRATOR or not by.is_active or by.pk == user.pk:
        raise NotAGiverError(f"{by} cannot give {user} a password.")
    password = "-".join("".join(secrets.choice(SIGNS) for _ in range(OF)) for _ in range(GROUPS))
    account = User.objects.filter(pk=user.pk, is_active=True)
    if account.update(password=make_password(password)) != 1:
        raise NoSuchAccountError(f"The account {user} is closed.")
    FirstPassword.objects.update_or_create(user=user, defaults={"given_by": by, "given_at": now})
    audit.record("user.password_given", obj=f"u:{user.pk}", actor=f"u:{by.pk}", now=now)
    token_revoke(user=user, actor=f"u:{by.pk}", now=now)
    return password


def first_password_stands(user: User) -> bool:
    """Return whether the account's password is one that somebody gave it."""
    return FirstPassword.objects.filter(user=user).exists()


class FirstPasswordOverError(Exception):
    """The first password was given too long ago: an administrator gives another."""


class SamePasswordError(Exception):
    """What was chosen is the password that the account has."""


@sensitive_variables("password")
@transaction.atomic
def password_own(*, user: User, password: str, now: datetime) -> None:
    """Let the person who logged in choose their own password; the first one is over with it.

    :raises FirstPasswordOverError: if a first password stands, and for too long
    :raises SamePasswordError: if it is the one that the account has
    :raises ValidationError: if it is not good enough
    :raises NoSuchAccountError: if the account is closed
    """
    row = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    first = FirstPassword.objects.filter(user=row).first()
    if first is not None and not timedelta(0) <= now - first.given_at <= LASTS:
        raise FirstPasswordOverError(f"The first password of {user} is over.")
    if check_password(password, row.password):
        raise SamePasswordError("It is the password that the account has.")
    validate_password(password, row)
    password_set(user=row, password=password, actor=f"u:{user.pk}", now=now)
