"""Show the quarantined entries, and answer for them."""

from argparse import ArgumentParser
from datetime import UTC, datetime

from django.core.management.base import BaseCommand, CommandError

from audit.models import AuditQuarantine
from audit.record import AuditWriteError
from audit.services.quarantine_answer import NothingToAnswerError, quarantine_answer


class Command(BaseCommand):
    """Without `--reason` list them; with it, answer for those that nobody has answered for."""

    help = "隔离条目：查看或处理 / Quarantined entries: list them, or answer for them"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the answer and who gives it."""
        parser.add_argument("--reason", help="查明的原因 / what was found")
        parser.add_argument("--by", help="操作人 / who answers: u:17")

    def handle(self, *_args: object, **options: str | None) -> None:
        """Write one line for each entry, or note the answer."""
        reason, by = options.get("reason"), options.get("by")
        if not reason or not by:
            for row in AuditQuarantine.objects.order_by("at", "entry_id"):
                self.stdout.write(f"{row.entry_id} {row.reason} {row.at.isoformat()}")
            return
        try:
            count = quarantine_answer(reason=reason, by=by, now=datetime.now(UTC))
        except (NothingToAnswerError, AuditWriteError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"已处理 {count} 条 / {count} entries answered for")
