"""manage.py numbers_compare: test whether a principal's numbers follow the places it calls."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from compliance import clock
from compliance.numbers import Words
from compliance.services.numbers_compare import numbers_compare

SAID = Words(
    "“{name}”：{calls} 次呼叫，{numbers} 个号码，{places} 个归属地，p ≤ {chance}。{zh}",
    "“{name}”: {calls} calls, {numbers} numbers, {places} places, p ≤ {chance}. {en}",
)
FOLLOWS = Words("号码随归属地变化，任务已暂停。", "The numbers follow the places: suspended.")
FREE = Words("未见关联。", "Nothing shows.")


class Command(BaseCommand):
    """Run the test of CN13-NUM-03 now, as the schedule does."""

    help = "主叫号码与被叫归属地关联检验 / Test caller numbers against the places called"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the form of the answer."""
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 对象 / print JSON")

    def handle(self, *_: Any, **options: Any) -> None:
        """Print what was found of every principal with several numbers."""
        rows: list[dict[str, Any]] = [
            {
                "principal": one.principal.name,
                "calls": one.found.pairs,
                "numbers": one.found.firsts,
                "places": one.found.seconds,
                "per_million": one.found.per_million,
                "follows": one.follows,
                "suspended_filings": list(one.suspended),
            }
            for one in numbers_compare(actor="svc:command", now=clock.read())
        ]
        if options["json"]:
            self.stdout.write(json.dumps({"principals": rows}, ensure_ascii=False))
            return
        for row in rows:
            verdict = FOLLOWS if row["follows"] else FREE
            said = SAID.filled(
                name=row["principal"],
                calls=row["calls"],
                numbers=row["numbers"],
                places=row["places"],
                chance=f"{row['per_million'] / 1_000_000:.6f}",
                zh=verdict.zh,
                en=verdict.en,
            )
            self.stdout.write(str(said))
        if not rows:
            self.stdout.write("没有使用多个号码的委托主体。 No principal shows several numbers.")
