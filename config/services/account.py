"""Which user the embedded servers run as, and what that user can reach."""

import os
import pwd
import subprocess
from pathlib import Path

from config.child import Account, user_arguments
from config.sentences import SentenceError

UNPRIVILEGED = ("postgres", "nobody")  # PostgreSQL refuses to run as root


class NoAccountError(SentenceError):
    """No user of this machine can run the embedded servers."""


def server_account(*, data: Path) -> Account | None:
    """Return the user to change into, or None to stay who we are. Nothing is ever created.

    Root keeps the owner of data that are already there, so that their owner can use them again.
    :raises NoAccountError: if PostgreSQL would refuse every user that we can be
    """
    if os.geteuid() != 0:
        _require_name()
        return None
    for account in (_owner(data), *map(_named, UNPRIVILEGED)):
        if account is not None and can_enter(path=Path("/"), account=account):
            return account
    raise NoAccountError(
        zh="以 root 运行而无法切换到 postgres 或 nobody 用户，内置数据库不能启动："
        "请设置 DATABASE_URL 和 REDIS_URL。",
        en="Running as root without leave to become the user postgres or nobody, so the embedded "
        "database cannot start: set DATABASE_URL and REDIS_URL.",
    )


def can_enter(*, path: Path, account: Account) -> bool:
    """Tell whether the account reaches the folder, by trying it as the account."""
    return can_run(argv=["/bin/sh", "-c", 'cd "$0"', str(path)], account=account)


def can_run(*, argv: list[str], account: Account | None) -> bool:
    """Tell whether the account can run the program to a good end."""
    try:
        done = subprocess.run(
            argv, check=False, capture_output=True, cwd="/", **user_arguments(account)
        )
    except OSError:
        return False
    return done.returncode == 0


def _named(name: str) -> Account | None:
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(name=name, uid=entry.pw_uid, gid=entry.pw_gid)


def _owner(path: Path) -> Account | None:
    try:
        entry = pwd.getpwuid(path.stat().st_uid)
    except (OSError, KeyError):
        return None
    if entry.pw_uid == 0:
        return None
    return Account(name=entry.pw_name, uid=entry.pw_uid, gid=entry.pw_gid)


def _require_name() -> None:
    try:
        pwd.getpwuid(os.geteuid())
    except KeyError:
        raise NoAccountError(
            zh=f"用户号 {os.geteuid()} 在本机没有名字，内置数据库不能启动："
            "请设置 DATABASE_URL 和 REDIS_URL。",
            en=f"User id {os.geteuid()} has no name on this machine, so the embedded database "
            "cannot start: set DATABASE_URL and REDIS_URL.",
        ) from None
