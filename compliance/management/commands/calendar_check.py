"""manage.py calendar_check: say whether this year is on record, and from November the next."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from compliance import clock
from compliance.selectors.calendar_alarm import calendar_alarms

ALARM = 3


class Command(BaseCommand):
    """Say which years nobody knows; exit code 3 if there is one."""

    help = "检查放假安排是否齐备；缺则返回 3 / Check that the holidays are on record; 3 if not"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the form of the answer."""
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 对象 / print JSON")

    def handle(self, *_: Any, **options: Any) -> None:
        """Print every alarm and leave with its exit code."""
        alarms = calendar_alarms(now=clock.read())
        rows = [
            {
                "year": alarm.year,
                "since": alarm.since.isoformat(),
                "proposal": alarm.proposal,
                "zh": alarm.words.zh,
                "en": alarm.words.en,
            }
            for alarm in alarms
        ]
        if options["json"]:
            self.stdout.write(json.dumps({"ok": not rows, "alarms": rows}, ensure_ascii=False))
        else:
            lines = [str(alarm.words) for alarm in alarms]
            self.stdout.write("\n".join(lines or ["放假安排齐备。 The holidays are on record."]))
        if rows:
            sys.exit(ALARM)
