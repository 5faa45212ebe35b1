"""manage.py complaint_clocks: ring the clocks of open complaints now, as the schedule does."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from compliance import clock
from compliance.models import Complaint
from compliance.numbers import Words
from compliance.selectors.complaints import still_open
from compliance.services.complaints_sweep import complaints_sweep

SAID = Words(
    "未结投诉 {open} 件，本次触发 {rung} 个时限。",
    "{open} complaints are open; {rung} clocks rang.",
)


class Command(BaseCommand):
    """Ring the clocks."""

    help = "检查投诉时限 / Ring the clocks of open complaints"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the form of the answer."""
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 对象 / print JSON")

    def handle(self, *_: Any, **options: Any) -> None:
        """Ring what is due and list what is open."""
        rung = complaints_sweep(now=clock.read())
        opened = list(still_open(Complaint.objects.all()).order_by("due_on", "pk"))
        if not options["json"]:
            self.stdout.write(str(SAID.filled(open=len(opened), rung=len(rung))))
            return
        data = {
            "rung": [
                {
                    "case": one.complaint_id,
                    "clock": one.kind,
                    "suspended_filings": list(one.suspended_filings),
                }
                for one in rung
            ],
            "open": [
                {
                    "case": case.pk,
                    "channel": case.channel,
                    "internal": case.internal_due_on.isoformat(),
                    "escalate": case.escalate_on.isoformat(),
                    "due": case.due_on.isoformat(),
                }
                for case in opened
            ],
        }
        self.stdout.write(json.dumps(data, ensure_ascii=False))
