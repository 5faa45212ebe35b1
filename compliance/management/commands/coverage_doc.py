"""manage.py coverage_doc: write docs/coverage.md from what the code and its data say."""

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from compliance.coverage import coverage_rows, open_rows, page

DOC = Path(__file__).resolve().parents[3] / "docs" / "coverage.md"


class Command(BaseCommand):
    """Write the page, or only say whether it is current."""

    help = (
        "生成 docs/coverage.md / Write docs/coverage.md. Exit code with --check: 1 if it is old."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take --check and --json."""
        parser.add_argument("--check", action="store_true", help="只检查 / only compare")
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 对象 / print JSON")

    def handle(self, *_: Any, **options: Any) -> None:
        """Compare, write unless told not to, and say what is open."""
        rows = coverage_rows()
        text = page(rows)
        current = DOC.is_file() and DOC.read_text(encoding="utf-8") == text
        if not options["check"]:
            DOC.write_text(text, encoding="utf-8")
        unfinished = [row.id for row in open_rows(rows)]
        if options["json"]:
            said = {"ids": len(rows), "open": unfinished, "was_current": current}
            self.stdout.write(json.dumps(said, ensure_ascii=False))
        else:
            self.stdout.write(
                f"共 {len(rows)} 条，未完成 {len(unfinished)} 条 / "
                f"{len(rows)} ids, {len(unfinished)} open"
            )
        if options["check"] and not current:
            sys.exit(1)
