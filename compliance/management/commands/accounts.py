"""manage.py accounts: admit people, each with one role, close accounts, show who is here."""

from argparse import ArgumentParser
from datetime import datetime
from types import MappingProxyType

from compliance.models import User
from compliance.services.account_admit import NotAnAdmitterError, TakesTwoError, account_admit
from compliance.services.account_close import (
    AccountClosedError,
    LastDeciderError,
    NotACloserError,
    account_close,
)
from compliance.verbs import (
    Options,
    Told,
    Verb,
    VerbCommand,
    account,
    by_argument,
    one,
    show,
)


def _admit_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("username", metavar="USERNAME")
    parser.add_argument("--role", required=True, choices=User.Role.values)
    parser.add_argument("--real-name", required=True, help="实名 / the person's real name")
    parser.add_argument(
        "--by",
        default="",
        metavar="USERNAME",
        help="管理员；首个账号不填 / an administrator; the first account has none",
    )
    parser.add_argument(
        "--agreed-by",
        default="",
        metavar="USERNAME",
        help="另一名管理员或合规专员；话务员以外的账号须有 / another administrator or a compliance"
        " officer; all but agents' accounts take one",
    )


def _admit(options: Options, now: datetime) -> Told:
    user = account_admit(
        username=options["username"],
        role=options["role"],
        real_name=options["real_name"],
        admitted_by=account(options["by"]) if options["by"] else None,
        agreed_by=account(options["agreed_by"]) if options["agreed_by"] else None,
        now=now,
    )
    return _told(user)


def _close_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("username", metavar="USERNAME")
    by_argument(parser)


def _close(options: Options, now: datetime) -> Told:
    user = one(User, username=options["username"])
    account_close(user=user, closed_by=account(options["by"]), now=now)
    user.refresh_from_db()
    return _told(user)


def _told(user: User) -> Told:
    return {
        "account": user.username,
        "role": user.role,
        "active": user.is_active,
        "password": user.has_usable_password(),
    }


class Command(VerbCommand):
    """Admit, close or show accounts; `manage.py changepassword USERNAME` sets a password."""

    help = "账号；密码用 changepassword 设置 / Accounts; changepassword sets a password"
    refusals = MappingProxyType(
        {
            NotAnAdmitterError: "账号由管理员开设；首个账号须为管理员，且仅限尚无账号时",
            TakesTwoError: "话务员以外的账号须由另一名管理员或合规专员同意（--agreed-by）",
            LastDeciderError: "停用后将没有第二人可以决定：请先开设接任者",
            NotACloserError: "账号由另一名管理员停用",
            AccountClosedError: "该账号已停用",
        }
    )
    verbs = (
        Verb(name="admit", help="开设 / admit", arguments=_admit_arguments, run=_admit),
        Verb(name="close", help="停用 / close", arguments=_close_arguments, run=_close),
        show("accounts", lambda: User.objects.order_by("pk"), _told),
    )
