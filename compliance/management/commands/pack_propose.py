"""manage.py pack_propose FILE: propose an edition of the rulebook's pack."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from compliance import clock
from compliance.books import read_change
from compliance.edition_said import edition_data
from compliance.lists.moments import MomentError, read_moment
from compliance.models import User
from compliance.rulebook.bound import PackError
from compliance.services.pack_propose import CannotProposeError, pack_propose


class Command(BaseCommand):
    """Propose; a second person approves."""

    help = (
        "提出规则集新版本，须由另一人批准 / Propose an edition of the rulebook; "
        "another person has to approve it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file, its first instant, the reason and the person."""
        parser.add_argument("file", type=Path, metavar="FILE", help='TOML: amends = "cn13" …')
        parser.add_argument("--effective", required=True, metavar="ISO", help="生效时间 / instant")
        parser.add_argument("--reason", required=True, help="理由 / why")
        parser.add_argument("--by", required=True, metavar="USERNAME", help="提出人 / proposer")
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 对象 / print JSON")

    def handle(self, *_: Any, **options: Any) -> None:
        """Propose, and print what was proposed."""
        try:
            edition = pack_propose(
                change=read_change(options["file"]),
                effective_from=read_moment(options["effective"]).at,
                reason=options["reason"],
                proposer=User.objects.get(username=options["by"]),
                now=clock.read(),
            )
        except User.DoesNotExist as error:
            raise CommandError(f"没有账号 / No account {options['by']}", returncode=2) from error
        except (CannotProposeError, MomentError, PackError, OSError) as error:
            raise CommandError(f"未提出 / Not proposed: {error}", returncode=2) from error
        data = edition_data(edition)
        self.stdout.write(
            json.dumps(data, ensure_ascii=False)
            if options["json"]
            else f"已提出 / Proposed: {data['edition']} {data['version']} {data['sha256']}"
        )
