"""Check every entry of the audit trail that the database holds."""

from argparse import ArgumentParser
from itertools import chain

from django.core.management.base import BaseCommand, CommandError

from audit.check import findings, orphans
from audit.models import AuditEntry
from audit.selectors import entries


class Command(BaseCommand):
    """Name every entry that is not as it was written; exit 1 if there is one."""

    help = "核查审计条目，有异常则退出码为 1 / Check the audit entries; exit 1 if one is not well"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Let the check be about one object."""
        parser.add_argument("--object", help="只查一个对象 / only this object, such as lead:12345")

    def handle(self, *_args: object, **options: str | None) -> None:
        """Write one line for each finding, in both languages."""
        wrong = 0
        about = options.get("object")
        queue = orphans() if about is None else ()
        for finding in chain(findings(entries(obj=about)), queue):
            wrong += 1
            where = f"{finding.entry_id} {finding.check.name}"
            self.stdout.write(f"{where}: {finding.check.zh} / {finding.check.en}")
        total = entries(obj=about).count() if about else AuditEntry.objects.count()
        if wrong:
            raise CommandError(
                f"{total} 条中有 {wrong} 项异常 / {wrong} findings in {total} entries"
            )
        self.stdout.write(f"{total} 条均正常 / all {total} entries are well")
