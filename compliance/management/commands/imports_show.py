"""manage.py imports_show [ID]: how far every import is, from any process."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from compliance.imports.progress import was_interrupted
from compliance.models import ListImport
from compliance.numbers import Words

NO_IMPORT = Words("没有导入 {number}。", "There is no import {number}.")
LAST = 20
STAGES = {
    "reading": Words("读取中", "reading"),
    "comparing": Words("比对中", "comparing"),
    "planned": Words("待应用", "waits to be applied"),
    "applying": Words("应用中", "applying"),
    "applied": Words("已应用", "applied"),
    "unchanged": Words("无变化", "nothing new"),
    "discarded": Words("已放弃", "let go of"),
    "broken": Words("已中断，未应用任何内容", "broken off, nothing applied"),
    "interrupted": Words("进程已退出；重新导入同一文件即可", "its process died; import it again"),
}


class Command(BaseCommand):
    """Show the last imports, or one."""

    help = "查看导入进度 / Show how far imports are"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take which."""
        parser.add_argument("number", type=int, nargs="?", metavar="ID")
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 对象 / print JSON")

    def handle(self, *_: Any, **options: Any) -> None:
        """Show them."""
        rows = ListImport.objects.order_by("-pk")
        if options["number"] is not None:
            rows = rows.filter(pk=options["number"])
            if not rows:
                words = NO_IMPORT.filled(number=options["number"])
                raise CommandError(str(words), returncode=2)
        found = [_shown(row) for row in rows[:LAST]]
        if options["json"]:
            self.stdout.write(json.dumps({"imports": found}, ensure_ascii=False))
            return
        for one in found:
            self.stdout.write(
                f"{one['import']}  {one['kind']}  {STAGES[str(one['stage'])]}  "
                f"{one['rows_read']}/{one['rows']}  退回 rejected {one['rejected']}  {one['diff']}"
            )


def _shown(row: ListImport) -> dict[str, object]:
    return {
        "import": row.pk,
        "kind": row.kind,
        "target": row.target,
        "stage": "interrupted" if was_interrupted(row) else row.stage,
        "rows": row.rows,
        "rows_read": row.rows_read,
        "rejected": sum(row.rejected.values()),
        "rejected_by_code": row.rejected,
        "diff": row.diff,
        "file_sha256": row.file_sha256,
        "planned_by": row.planned_by_id,
        "applied_by": row.applied_by_id,
        "began_at": row.began_at.isoformat(),
        "moved_at": row.moved_at.isoformat(),
        "ended_at": row.ended_at.isoformat() if row.ended_at else None,
    }
