"""Admit people to the house: the first account is an administrator's, who admits the rest."""

from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction

from compliance.denials import DeniedError
from compliance.models import User
from compliance.services.people_admit import user_create

FIRST = "svc:command"


class NotAnAdmitterError(DeniedError):
    """An administrator admits people; only a house without accounts lets its first one in."""


@transaction.atomic
def account_admit(
    *, username: str, role: str, real_name: str, admitted_by: User | None, now: datetime
) -> User:
    """Create an account that cannot log in until its password is set (`manage.py changepassword`).

    :param admitted_by: None for the first account of an empty house, an administrator's
    :raises NotAnAdmitterError: if the person may not, or this would not be the first account
    """
    if admitted_by is None:
        _empty_house(role)
    elif admitted_by.role != User.Role.ADMINISTRATOR or not admitted_by.is_active:
        raise NotAnAdmitterError(f"{admitted_by} cannot admit {username}.")
    return user_create(
        username=username,
        password_hash=make_password(None),
        role=role,
        real_name=real_name,
        actor=FIRST if admitted_by is None else f"u:{admitted_by.pk}",
        now=now,
    )


def _empty_house(role: str) -> None:
    with connection.cursor() as cursor:  # two first accounts at one moment: the second waits
        cursor.execute("LOCK TABLE compliance_user IN SHARE ROW EXCLUSIVE MODE")
    if User.objects.exists():
        raise NotAnAdmitterError("There are accounts already: an administrator admits the next.")
    if role != User.Role.ADMINISTRATOR:
        raise NotAnAdmitterError("The first account is an administrator's.")
