"""manage.py retention_run --dry-run: what is kept, how long, and what may or has to go."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from compliance import clock
from compliance.numbers import Words
from compliance.services.retention_run import RetentionRun, retention_run

DRY = Words("演练：没有删除任何记录。", "A rehearsal: nothing was deleted.")
DONE = Words("删除证明 {id}，SHA-256 {sha256}", "Certificate {id}, its digest is in the trail")


class Command(BaseCommand):
    """Apply the retention rules."""

    help = "执行留存期限 / Apply the retention rules; nothing inside its floor is deleted"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take whether it is a rehearsal."""
        parser.add_argument("--dry-run", action="store_true", help="只看不删 / delete nothing")
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 对象 / print JSON")

    def handle(self, *_: Any, **options: Any) -> None:
        """Run and print what was found."""
        run = retention_run(dry_run=options["dry_run"], actor="svc:command", now=clock.read())
        if options["json"]:
            data = {
                "figures": run.figures,
                "sha256": run.sha256,
                "certificate": run.certificate,
                "dry_run": options["dry_run"],
            }
            self.stdout.write(json.dumps(data, ensure_ascii=False))
        else:
            self.stdout.write("\n".join(_lines(run)))


def _lines(run: RetentionRun) -> list[str]:
    lines = [line for row in run.figures["classes"] for line in _class_lines(row)]
    end = DRY if run.certificate is None else DONE.filled(id=run.certificate, sha256=run.sha256)
    return [*lines, str(end)]


def _class_lines(row: dict[str, Any]) -> list[str]:
    days = f"{row['floor_days']}/{row['keep_days']}/{row['ceiling_days'] or '—'} 天 days"
    records = "—" if row["records"] is None else row["records"]
    may_go, overdue = row.get("may_go", 0), row.get("overdue", 0)
    return [
        f"{row['title_zh']} {row['title_en']}: {days} · {records}",
        f"  可删 may go {may_go} · 超期 overdue {overdue} · 已删 deleted {row['deleted']}",
    ]
