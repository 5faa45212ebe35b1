"""manage.py changepassword USERNAME: set a password, on the record; in the place of Django's."""

import getpass
import sys
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from compliance import clock
from compliance.models import User
from compliance.numbers import Words
from compliance.services.password_set import NoSuchAccountError, password_set

ACTOR = "svc:command"
NO_ACCOUNT = Words("没有账号 {username}。", "There is no account {username}.")
CLOSED = Words("账号 {username} 已停用。", "The account {username} is closed.")
DIFFER = Words("两次输入不一致。", "The two are not the same.")
WEAK = Words("密码不合要求：{why}", "The password is not good enough: {why}")
SET = Words("已更改 {username} 的密码。", "The password of {username} is changed.")


class Command(BaseCommand):
    """Ask for a password twice, or read it from a pipe, and set it."""

    help = "设置登录密码，留痕 / Set the password of an account; it is on the record"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the account, and who sets its password."""
        parser.add_argument("username", metavar="USERNAME")
        parser.add_argument(
            "--by", default="", metavar="USERNAME", help="经办人 / who does it, if it is a person"
        )
        parser.add_argument(
            "--stdin", action="store_true", help="从标准输入读取一行 / read one line from a pipe"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        """Set it, or say why not.

        :raises CommandError: if there is no such account, or the password is not good enough
        """
        user = _account(options["username"])
        actor = f"u:{_account(options['by']).pk}" if options["by"] else ACTOR
        password = sys.stdin.readline().rstrip("\r\n") if options["stdin"] else _asked()
        try:
            validate_password(password, user)
            password_set(user=user, password=password, actor=actor, now=clock.read())
        except ValidationError as error:
            why = " ".join(error.messages)
            raise CommandError(str(WEAK.filled(why=why)), returncode=2) from error
        except NoSuchAccountError as error:
            raise CommandError(str(CLOSED.filled(username=user.username)), returncode=4) from error
        self.stdout.write(str(SET.filled(username=user.username)))


def _account(username: str) -> User:
    user = User.objects.filter(username=username).first()
    if user is None:
        raise CommandError(str(NO_ACCOUNT.filled(username=username)), returncode=2)
    return user


def _asked() -> str:
    first = getpass.getpass("密码 password: ")
    if first != getpass.getpass("再次输入 again: "):
        raise CommandError(str(DIFFER), returncode=2)
    return first
