"""manage.py outlet_links: which outlets look like fronts for one another, and what holds them."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from compliance import clock
from compliance.selectors.outlet_report import outlet_report


class Command(BaseCommand):
    """Report the links between outlets. Changes nothing."""

    help = "门店关联报表 / Links between outlets: shared addresses, people, networks, papers"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the form of the answer."""
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 对象 / print JSON")

    def handle(self, *_: Any, **options: Any) -> None:
        """Print every outlet that is linked, was not inspected, or is held."""
        rows = [row.as_data() for row in outlet_report(now=clock.read())]
        if options["json"]:
            self.stdout.write(json.dumps({"outlets": rows}, ensure_ascii=False))
            return
        for row in rows:
            self.stdout.write(" · ".join(f"{key} {value}" for key, value in row.items()))
        if not rows:
            self.stdout.write("没有可疑的门店。 No outlet looks like a front.")
