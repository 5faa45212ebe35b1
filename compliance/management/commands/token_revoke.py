"""manage.py token_revoke USERNAME: end an account's tokens for the API before their time."""

import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from compliance import clock
from compliance.models import User
from compliance.numbers import Words
from compliance.services.token_revoke import token_revoke

NO_ACCOUNT = Words("没有账号 {username}。", "There is no account {username}.")
NONE = Words("账号 {username} 没有这样的令牌。", "The account {username} has no such token.")
ENDED = Words("已撤销 {count} 个令牌。", "{count} tokens revoked.")
ASK = Words("令牌（不会显示）：", "Token (not shown): ")


class Command(BaseCommand):
    """Revoke tokens."""

    help = "撤销账号的 API 令牌 / Revoke an account's tokens for the API"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the account, and whether it is about all of its tokens."""
        parser.add_argument("username", metavar="USERNAME")
        parser.add_argument(
            "--one",
            action="store_true",
            help="只撤销随后输入的那一个 / only the one that is then asked for",
        )

    def handle(self, *_: Any, **options: Any) -> None:
        """End them, and say how many there were."""
        username = options["username"]
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(str(NO_ACCOUNT.filled(username=username)), returncode=2)
        # A secret among a command's words would be in the shell's history and in the process list.
        token = getpass.getpass(str(ASK)).strip() if options["one"] else None
        count = token_revoke(user=user, actor="svc:command", now=clock.read(), token=token)
        if not count:
            raise CommandError(str(NONE.filled(username=username)), returncode=2)
        self.stdout.write(str(ENDED.filled(count=count)))
