"""Who keeps the registries: nobody who only answers calls, and nobody who only reads."""

from datetime import date, datetime

from compliance.denials import DeniedError
from compliance.lists.moments import LOCAL
from compliance.models import User

KEEPERS = frozenset({User.Role.ADMINISTRATOR, User.Role.COMPLIANCE, User.Role.SUPERVISOR})
SERVICE = "svc"  # a program of ours, which no person's role speaks for


class NotAKeeperError(DeniedError):
    """The account answers calls or only reads, is closed, or does not exist."""


def keepers_only(actor: str) -> None:
    """Accept an actor as the audit trail names it: `u:12` by the account's role, or `svc:…`.

    What stops calls asks nobody for a role; this is for what lets calls happen.

    :raises NotAKeeperError: if the account may not keep registries
    """
    kind, _, name = actor.partition(":")
    if kind == SERVICE:
        return
    known = kind == "u" and name.isascii() and name.isdecimal()
    if not known or not _keeps(int(name)):
        raise NotAKeeperError(
            f"{actor} may not keep registries: an administrator, a compliance officer or a "
            "supervisor does."
        )


def _keeps(user_id: int) -> bool:
    return User.objects.filter(pk=user_id, is_active=True, role__in=KEEPERS).exists()


class NotYetError(Exception):
    """What is recorded as done is dated after the present day."""


def done_by(day: date, *, now: datetime) -> None:
    """Accept a day that has begun in China; a test of tomorrow would let calls go on for longer.

    :raises NotYetError: if it is still to come
    """
    if day > now.astimezone(LOCAL).date():
        raise NotYetError(f"{day} is still to come: record what was done once it is done.")
