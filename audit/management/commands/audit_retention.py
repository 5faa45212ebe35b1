"""`manage.py audit_retention`: drop the months that have been kept long enough, with proof."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from audit.services.month_drop import KEEP_DAYS, NotYetError, month_drop, months_over


class Command(BaseCommand):
    """Run it as the owner of the tables (MIGRATION_DATABASE_URL)."""

    help = "删除保存期满的月份并出具证明 / Drop months kept long enough, and certify it"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take where the certificates go."""
        parser.add_argument("--out", type=Path, required=True, metavar="DIR")
        parser.add_argument("--by", required=True, metavar="ACTOR", help="u:17")
        parser.add_argument("--keep-days", type=int, default=KEEP_DAYS)
        parser.add_argument("--dry-run", action="store_true")
        parser.add_argument("--json", action="store_true")

    def handle(self, *_: Any, **options: Any) -> None:
        """Drop the oldest month first; what has to stay is said.

        :raises CommandError: if the database refused
        """
        now = datetime.now(UTC)
        months = months_over(keep_days=options["keep_days"], now=now)
        done = {f"{month:%Y-%m}": self._drop(month, now, options) for month in months}
        dropped = [name for name, why in done.items() if not why]
        kept = {name: why for name, why in done.items() if why}
        if options["json"]:
            self.stdout.write(json.dumps({"dropped": dropped, "kept": kept}, ensure_ascii=False))
            return
        for name, why in kept.items():
            self.stdout.write(f"{name}: {why}")
        self.stdout.write(f"已删除 {len(dropped)} 个月 / months dropped: {', '.join(dropped)}")

    def _drop(self, month: date, now: datetime, options: dict[str, Any]) -> str:
        """Drop one; return why it stays, or nothing."""
        if options["dry_run"]:
            return "演习 / rehearsal"
        days, by = options["keep_days"], options["by"]
        try:
            certificate = month_drop(month=month, keep_days=days, actor=by, now=now)
        except NotYetError as error:
            return str(error)
        except DatabaseError as error:
            raise CommandError(str(error).partition("\n")[0]) from error
        self._write(options["out"], certificate.data | {"eid": str(certificate.eid)})
        return ""

    def _write(self, folder: Path, said: dict[str, Any]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True)
        (folder / f"audit-dropped-{said['month']}.json").write_text(text, encoding="utf-8")
