"""manage.py rules_replay --pack FILE --since DATE: what another pack would have decided."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from compliance import clock
from compliance.books import read_change
from compliance.lists.moments import MomentError, read_moment
from compliance.rulebook.bound import PackError
from compliance.services.rules_replay import report_bytes, rules_replay

CHANGES = {
    "newly_refused": ("新增拦截", "newly refused"),
    "newly_deferred": ("新增推迟", "newly deferred"),
    "no_longer": ("不再拦截", "no longer objecting"),
    "unknown": ("当时未记录所需事实", "a fact it asks for was not recorded"),
}


class Command(BaseCommand):
    """Replay; nothing is reserved or altered."""

    help = (
        "按另一规则集重新判定已存的决定 / Decide the stored decisions again under another pack. "
        'FILE: an amendment (amends = "cn13"), a whole pack, or a pack\'s folder.'
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the pack and the days."""
        parser.add_argument("--pack", type=Path, required=True, metavar="FILE")
        parser.add_argument("--since", required=True, metavar="DATE", help="起始 / first instant")
        parser.add_argument("--until", default="", metavar="DATE", help="默认现在 / default: now")
        parser.add_argument(
            "--dated",
            action="store_true",
            help="按各参数自身的生效日 / each number from its own date on",
        )
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 对象 / print JSON")

    def handle(self, *_: Any, **options: Any) -> None:
        """Replay and print the report."""
        now = clock.read()
        try:
            report = rules_replay(
                change=read_change(options["pack"]),
                since=read_moment(options["since"]).at,
                until=read_moment(options["until"]).at if options["until"] else now,
                dated=options["dated"],
                actor="svc:command",
                now=now,
            )
        except (MomentError, PackError, OSError) as error:
            raise CommandError(f"无法推演 / Cannot replay: {error}", returncode=2) from error
        if options["json"]:
            self.stdout.write(report_bytes(report).decode())
            return
        self._say(report)

    def _say(self, report: dict[str, Any]) -> None:
        self.stdout.write(f"共 {report['decisions']} 个决定 / {report['decisions']} decisions")
        for change, count in report["verdicts"].items():
            self.stdout.write(f"  {change}: {count}")
        for rule_id, changes in report["rules"].items():
            for change, cases in changes.items():
                zh, en = CHANGES[change]
                examples = ", ".join(cases["examples"])
                self.stdout.write(f"{rule_id} {zh} / {en}: {cases['count']} ({examples})")
        if report["pack"]["would_be_refused"]:
            self.stdout.write(
                f"此规则集不能生效 / It could not be adopted: {report['pack']['would_be_refused']}"
            )
