"""Check every entry of the audit trail that the database holds."""

from argparse import ArgumentParser
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from audit.check import findings, orphans
from audit.models import AuditEntry
from audit.receipts.matching import unmatched
from audit.receipts.receipt import Receipt
from audit.receipts.sinks import LineFile, SinkError, sink
from audit.selectors import entries


class Command(BaseCommand):
    """Name every entry that is not as it was written; exit 1 if there is one."""

    help = "核查审计条目，有异常则退出码为 1 / Check the audit entries; exit 1 if one is not well"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Let the check be about one object."""
        parser.add_argument("--object", help="只查一个对象 / only this object, such as lead:12345")
        parser.add_argument(
            "--receipts",
            nargs="?",
            const="",
            metavar="FILE",
            help="只核对回执（设定的去处，或文件中的）/ hold the receipts, or those in a file,"
            " against the entries, and do no more",
        )

    def handle(self, *_args: object, **options: str | None) -> None:
        """Write one line for each finding, in both languages."""
        if (where := options.get("receipts")) is not None:
            self._check_receipts(where)
            return
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

    def _check_receipts(self, file: str) -> None:
        """Name every receipt whose entry is not there, or is another one."""
        told = 0

        def counted() -> Iterator[Receipt]:
            nonlocal told
            for receipt in (LineFile(Path(file)) if file else sink()).read():
                told += 1
                yield receipt

        wrong = 0
        try:
            for finding in unmatched(counted()):
                wrong += 1
                self.stdout.write(str(finding))
        except SinkError as error:
            raise CommandError(str(error)) from error
        if wrong:
            raise CommandError(
                f"{told} 张回执中有 {wrong} 张无对应条目 / {wrong} of {told} receipts unmatched"
            )
        self.stdout.write(f"{told} 张回执均有条目 / all {told} receipts have their entries")
