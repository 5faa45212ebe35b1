"""manage.py calendar_approve ID --by USERNAME: put a proposed year of holidays in force."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from compliance import clock
from compliance.calendar_told import account, as_line, year_data
from compliance.denials import denial_record
from compliance.services.calendar_year import (
    CalendarApprovalError,
    NotACalendarKeeperError,
    calendar_approve,
)


class Command(BaseCommand):
    """Approve a year that another person proposed."""

    help = "批准他人提交的年度放假安排 / Approve a year of holidays that another person proposed"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the proposal and the account."""
        parser.add_argument("proposal", type=int, metavar="ID")
        parser.add_argument("--by", required=True, metavar="USERNAME")
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 对象 / print JSON")

    def handle(self, *_: Any, **options: Any) -> None:
        """Print what is in force now."""
        user = account(options["by"])
        try:
            row = calendar_approve(
                proposal_id=options["proposal"], approved_by=user, now=clock.read()
            )
        except (CalendarApprovalError, NotACalendarKeeperError) as error:
            if isinstance(error, NotACalendarKeeperError):
                denial_record(
                    obj="command:calendar_approve",
                    actor=f"u:{user.pk}",
                    now=clock.read(),
                    error=error,
                )
            raise CommandError(str(error.words), returncode=2) from error
        self.stdout.write(as_line(year_data(row), as_json=options["json"]))
