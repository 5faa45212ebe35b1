"""manage.py pack_approve ID: approve a proposed edition of the rulebook's pack."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from compliance import clock
from compliance.edition_said import edition_data
from compliance.models import User
from compliance.rulebook.bound import PackError
from compliance.services.pack_approve import CannotApproveError, pack_approve


class Command(BaseCommand):
    """Approve as the second person."""

    help = "批准规则集新版本 / Approve an edition of the rulebook that somebody else proposed"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the proposal and the person."""
        parser.add_argument("edition", type=int, metavar="ID")
        parser.add_argument("--by", required=True, metavar="USERNAME", help="批准人 / approver")
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 对象 / print JSON")

    def handle(self, *_: Any, **options: Any) -> None:
        """Approve, and print what was approved."""
        try:
            edition = pack_approve(
                edition_id=options["edition"],
                approver=User.objects.get(username=options["by"]),
                now=clock.read(),
            )
        except User.DoesNotExist as error:
            raise CommandError(f"没有账号 / No account {options['by']}", returncode=2) from error
        except (CannotApproveError, PackError) as error:
            raise CommandError(f"未批准 / Not approved: {error}", returncode=2) from error
        data = edition_data(edition)
        self.stdout.write(
            json.dumps(data, ensure_ascii=False)
            if options["json"]
            else f"已批准 / Approved: {data['edition']} {data['version']}"
        )
