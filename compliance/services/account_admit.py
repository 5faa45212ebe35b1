"""Admit people to the house: the first account is an administrator's, who admits the rest.

Whoever could open, alone, an account that asks or decides could be both of two people. So all but
agents' are opened by two, once there are two.
"""

from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction

from compliance.denials import DeniedError
from compliance.models import User
from compliance.services.people_admit import user_create

FIRST = "svc:command"
DECIDERS = frozenset({User.Role.ADMINISTRATOR, User.Role.COMPLIANCE})


class NotAnAdmitterError(DeniedError):
    """An administrator admits people; only a house without accounts lets its first one in."""


class TakesTwoError(DeniedError):
    """Another administrator, or a compliance officer, has to agree to this account."""


def takes_two(role: str, *, by: User) -> bool:
    """Return whether an account of that role is opened by two people.

    Those of agents are not: they ask for nothing and decide nothing. Nor is any while the house
    has had nobody who decides but this one administrator; whoever was closed counts, so that
    closing the others frees nobody.
    """
    others = User.objects.filter(role__in=DECIDERS).exclude(pk=by.pk)
    return role != User.Role.AGENT and others.exists()


@transaction.atomic
def account_admit(
    *,
    username: str,
    role: str,
    real_name: str,
    admitted_by: User | None,
    agreed_by: User | None = None,
    now: datetime,
) -> User:
    """Create an account that cannot log in until its password is set (`manage.py changepassword`).

    :param admitted_by: None for the first account of an empty house, an administrator's
    :param agreed_by: the second person, where it takes two
    :raises NotAnAdmitterError: if the person may not, or this would not be the first account
    :raises TakesTwoError: if a second person has to agree, and none has who may
    """
    with connection.cursor() as cursor:  # two accounts at one moment: the second waits
        cursor.execute("LOCK TABLE compliance_user IN SHARE ROW EXCLUSIVE MODE")
    if admitted_by is None:
        _empty_house(role)
    elif admitted_by.role != User.Role.ADMINISTRATOR or not admitted_by.is_active:
        raise NotAnAdmitterError(f"{admitted_by} cannot admit {username}.")
    elif takes_two(role, by=admitted_by) and not _may_agree(agreed_by, admitted_by):
        raise TakesTwoError(f"{admitted_by} cannot admit {username} alone.")
    return user_create(
        username=username,
        password_hash=make_password(None),
        role=role,
        real_name=real_name,
        actor=FIRST if admitted_by is None else f"u:{admitted_by.pk}",
        now=now,
        agreed_by=agreed_by,
    )


def _may_agree(agreed_by: User | None, admitted_by: User) -> bool:
    if agreed_by is None or agreed_by.pk == admitted_by.pk:
        return False
    return agreed_by.role in DECIDERS and agreed_by.is_active


def _empty_house(role: str) -> None:
    if User.objects.exists():
        raise NotAnAdmitterError("There are accounts already: an administrator admits the next.")
    if role != User.Role.ADMINISTRATOR:
        raise NotAnAdmitterError("The first account is an administrator's.")
