"""manage.py calls_review: look at a day's call records for short rings and calls in a row."""

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from compliance import clock
from compliance.numbers import Words
from dialer.services.calls_review import calls_review

SAID = Words(
    "任务 {filing}：短振铃 {short}，连续呼叫 {bursts}；{zh}。",
    "Campaign {filing}: {short} short rings, {bursts} calls in a row; {en}.",
)


class Command(BaseCommand):
    """Run the review of CN13-NUM-13 now, as the schedule does."""

    help = "复查一日话单 / Review a day's call records"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the form of the answer."""
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 对象 / print JSON")

    def handle(self, *_: Any, **options: Any) -> None:
        """Print what was found."""
        found = calls_review(actor="svc:command", now=clock.read())
        if options["json"]:
            data = {"campaigns": [asdict(one) for one in found]}
            self.stdout.write(json.dumps(data))
            return
        for one in found:
            said = SAID.filled(
                filing=one.filing_id,
                short=one.short_rings,
                bursts=one.bursts,
                zh="已暂停" if one.suspended else "未新增暂停",
                en="suspended now" if one.suspended else "nothing new suspended",
            )
            self.stdout.write(str(said))
        if not found:
            self.stdout.write("话单无异常。 Nothing in the records.")
