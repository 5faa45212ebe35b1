"""manage.py rules_show [RULE …]: read the rulebook in force, and what it did on a day."""

import json
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from compliance import clock
from compliance.rule_sheet import rule_sheet, sheet_lines
from compliance.services.daily_report_make import yesterday


class Command(BaseCommand):
    """Show rules with their basis, citations, numbers, floors and yesterday's objections."""

    help = (
        "查看现行规则：依据、出处、数值、底线，以及某日拦截与推迟的次数 / "
        "Read the rules in force: basis, citations, numbers, floors, and a day's objections"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take rule ids, the day and --json."""
        parser.add_argument("rules", nargs="*", metavar="RULE", help="如 such as CN13-TIM-01")
        parser.add_argument(
            "--day",
            type=date.fromisoformat,
            metavar="YYYY-MM-DD",
            help="默认为昨天 / yesterday unless said otherwise",
        )
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 对象 / print JSON")

    def handle(self, *_: Any, **options: Any) -> None:
        """Print a line for each rule; everything about those that are named."""
        now = clock.read()
        day = options["day"] or yesterday(now)
        try:
            sheet = rule_sheet(at=now, day=day, ids=options["rules"])
        except LookupError as error:
            raise CommandError(
                f"现行规则集中没有 {error}。 The rulebook in force has no {error}."
            ) from error
        if options["json"]:
            self.stdout.write(json.dumps(sheet, ensure_ascii=False))
        else:
            self.stdout.write("\n".join(sheet_lines(sheet, whole=bool(options["rules"]))))
