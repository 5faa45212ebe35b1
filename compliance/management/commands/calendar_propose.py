"""manage.py calendar_propose FILE --by USERNAME: propose a year of holidays to another person."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from compliance import clock
from compliance.calendar_told import account, as_line, year_data
from compliance.days_file import DaysFileError, read_year
from compliance.denials import denial_record
from compliance.services.calendar_year import NotACalendarKeeperError, calendar_propose


class Command(BaseCommand):
    """Keep a year as a proposal."""

    help = "按通知提交一年的放假安排 / Propose a year of holidays from the State Council's notice"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file and the account."""
        parser.add_argument("file", type=Path, metavar="FILE.toml")
        parser.add_argument("--by", required=True, metavar="USERNAME")
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 对象 / print JSON")

    def handle(self, *_: Any, **options: Any) -> None:
        """Print the proposal's number and digest."""
        user = account(options["by"])
        try:
            year = read_year(options["file"].read_bytes())
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}", returncode=2) from error
        except DaysFileError as error:
            raise CommandError(str(error), returncode=2) from error
        try:
            row = calendar_propose(year=year, proposed_by=user, now=clock.read())
        except NotACalendarKeeperError as error:
            denial_record(
                obj="command:calendar_propose",
                actor=f"u:{user.pk}",
                now=clock.read(),
                error=error,
            )
            raise CommandError(str(error.words), returncode=2) from error
        self.stdout.write(as_line(year_data(row), as_json=options["json"]))
