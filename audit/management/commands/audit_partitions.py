"""`manage.py audit_partitions`: make the months of the trail ahead, as the schedule does."""

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from audit.partitions import months_ahead


class Command(BaseCommand):
    """Make them, and say which."""

    help = "预建审计条目的月分区 / Make the coming months of the audit trail"

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --json."""
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 对象 / print JSON")

    def handle(self, *_: Any, **options: Any) -> None:
        """Do it."""
        months = months_ahead()
        if options["json"]:
            self.stdout.write(json.dumps(asdict(months)))
            return
        self.stdout.write(
            f"新建 {len(months.made)} 个月分区，最新 {months.newest} / "
            f"{len(months.made)} months made, the newest is {months.newest}"
        )
        if months.in_default:
            self.stdout.write(
                f"{months.in_default} 条条目不在任何月分区内 / entries are of no month there is"
            )
