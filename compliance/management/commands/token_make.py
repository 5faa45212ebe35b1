"""manage.py token_make USERNAME --scope SCOPE …: print a token for the API, once."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from compliance import clock
from compliance.api.scopes import SCOPES
from compliance.models import User
from compliance.numbers import Words
from compliance.services.token_make import MOST_HOURS, TokenRefusedError, token_make

HOURS = 10
NO_ACCOUNT = Words("没有账号 {username}。", "There is no account {username}.")
REFUSED = Words(
    "账号已停用，或有效期不在 1 至 {most} 小时之间，或未指明用途（--scope）。",
    "The account is closed, the token would not live between 1 and {most} hours, or it is for "
    "nothing (--scope).",
)


class Command(BaseCommand):
    """Make a token."""

    help = "为账号生成 API 令牌，只显示一次 / Make a token for the API; it is shown once"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the account and how long the token lives."""
        parser.add_argument("username", metavar="USERNAME")
        parser.add_argument(
            "--hours", type=int, default=HOURS, help=f"有效小时数，默认 {HOURS} / hours it lives"
        )

        parser.add_argument(
            "--scope",
            action="append",
            default=[],
            choices=sorted(SCOPES),
            help="用途，可多次给出 / what it is for; may be given several times",
        )

    def handle(self, *_: Any, **options: Any) -> None:
        """Print the token and nothing else."""
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError(str(NO_ACCOUNT.filled(username=options["username"])), returncode=2)
        try:
            token = token_make(
                user=user,
                hours=options["hours"],
                scopes=options["scope"],
                actor="svc:command",
                now=clock.read(),
            )
        except TokenRefusedError as error:
            raise CommandError(str(REFUSED.filled(most=MOST_HOURS)), returncode=2) from error
        self.stdout.write(token)
