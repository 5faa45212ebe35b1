"""The folder that one set of embedded servers owns: where it is, who may enter, who holds it."""

import contextlib
import fcntl
import hashlib
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from config.child import Account
from config.sentences import SentenceError
from config.services.account import can_enter

ELSEWHERE = Path("/var/lib/yunhu")  # where a server's user can reach while a checkout is private


class HomeTakenError(SentenceError):
    """Another run holds the folder."""


@dataclass(frozen=True, kw_only=True)
class Home:
    """A private folder for data and secrets, and the user whose folder it is."""

    path: Path
    account: Account | None
    password: str  # of both servers; lives and dies with the data

    def give(self, path: Path) -> None:
        """Make the server's user the owner."""
        if self.account is not None:
            os.chown(path, self.account.uid, self.account.gid)


@contextlib.contextmanager
def held_home(*, var: Path, instance: str, account: Account | None) -> Iterator[Home]:
    """Hold `instance`'s folder until the end of the block or of this process.

    :raises HomeTakenError: if another run holds it
    :raises OSError: if it cannot be written
    """
    run = var / "run"
    run.mkdir(parents=True, exist_ok=True)
    with (run / f"{instance}.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise HomeTakenError(
                zh=f"本文件夹中已有一个 {instance} 在运行：请先停止它。",
                en=f"A {instance} is already running in this folder: stop it first.",
            ) from None
        path = _folder(var=var, instance=instance, account=account)
        yield Home(path=path, account=account, password=_password(path))


def _folder(*, var: Path, instance: str, account: Account | None) -> Path:
    inside = var / "data" / instance
    _make(inside, account=account)
    if account is None or can_enter(path=inside, account=account):
        return inside
    inside.rmdir()
    checkout = hashlib.sha256(str(var.resolve()).encode()).hexdigest()[:12]
    outside = ELSEWHERE / checkout / instance
    _make(outside, account=account)
    for parent in outside.parents[:2]:
        parent.chmod(0o711)  # whatever the umask: to pass through, not to look
    return outside


def _make(path: Path, *, account: Account | None) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.mkdir(mode=0o700, exist_ok=True)
    if account is not None and path.stat().st_uid != account.uid:  # new, or changed by hand
        for each in (*path.rglob("*"), path):  # the folder last: cut short, it is done again
            os.chown(each, account.uid, account.gid, follow_symlinks=False)


def _password(path: Path) -> str:
    """Read the folder's password, made the first time."""
    file = path / "password"
    if not file.exists() or not file.read_text():
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(32))
    return file.read_text()
