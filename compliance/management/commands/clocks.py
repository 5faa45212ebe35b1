"""manage.py clocks: what expires or falls due, by its day; exit code 1 if something is overdue."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from compliance import clock
from compliance.numbers import Words
from compliance.selectors.clock_due import Due, local_day
from compliance.selectors.clocks import clocks

OVERDUE = 1
HEAD = Words("{count} 项时限，{late} 项逾期。", "{count} clocks run, {late} are overdue.")
STATE = {
    True: Words("逾期，已停呼", "overdue, calls stopped"),
    False: Words("逾期", "overdue"),
}


class Command(BaseCommand):
    """List the clocks."""

    help = "列出一切到期与时限；有逾期则返回 1 / What expires or falls due; 1 if overdue"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take how far to look ahead, and the form of the answer."""
        parser.add_argument(
            "--within", type=int, metavar="DAYS", help="只看这么多天内的 / no further ahead"
        )
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 对象 / print JSON")

    def handle(self, *_: Any, **options: Any) -> None:
        """Print the clocks, and leave with the exit code."""
        now = clock.read()
        today, within = local_day(now), options["within"]
        found = [
            due
            for due in clocks(now=now)
            if within is None or due.overdue or (due.due_on - today).days <= within
        ]
        late = [due for due in found if due.overdue]
        if options["json"]:
            rows = [_row(due, (due.due_on - today).days) for due in found]
            data = {"today": today.isoformat(), "overdue": len(late), "clocks": rows}
            self.stdout.write(json.dumps(data, ensure_ascii=False))
        else:
            for due in found:
                state = f" · {STATE[due.stops_calls]}" if due.overdue else ""
                self.stdout.write(f"{due.due_on} {due.words}{state}")
            self.stdout.write(str(HEAD.filled(count=len(found), late=len(late))))
        if late:
            sys.exit(OVERDUE)


def _row(due: Due, days_left: int) -> dict[str, Any]:
    return {
        "clock": due.clock,
        "object": due.obj,
        "due_on": due.due_on.isoformat(),
        "days_left": days_left,
        "overdue": due.overdue,
        "stops_calls": due.stops_calls,
        "zh": due.words.zh,
        "en": due.words.en,
    }
