"""Check every entry of the audit trail that the database holds, and the tree that seals them."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from audit.check import findings, orphans
from audit.receipts.matching import unmatched
from audit.receipts.receipt import Receipt
from audit.receipts.sinks import LineFile, SinkError, sink
from audit.sealing_keys import log_public_keys
from audit.selectors import entries
from audit.tree_check import tree_findings


class Command(BaseCommand):
    """Name every entry that is not as it was written; exit 1 if there is one."""

    help = "核查审计条目，有异常则退出码为 1 / Check the audit entries; exit 1 if one is not well"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Let the check be about one object, or about receipts."""
        parser.add_argument("--object", help="只查一个对象 / only this object, such as lead:12345")
        parser.add_argument(
            "--receipts",
            nargs="?",
            const="",
            metavar="FILE",
            help="只核对回执（设定的去处，或文件中的）/ hold the receipts, or those in a file,"
            " against the entries, and do no more",
        )
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 对象 / print JSON")

    def handle(self, *_args: object, **options: Any) -> None:
        """Write one line for each finding, in both languages."""
        receipts = options.get("receipts")
        if receipts is not None:
            self._tell(*_receipts(receipts), of="张回执 receipts", options=options)
        else:
            about = options.get("object")
            total = entries(obj=about).count()
            self._tell(_entries(about), [total], of="条 entries", options=options)

    def _tell(
        self, found: Iterator[str], total: list[int], *, of: str, options: dict[str, Any]
    ) -> None:
        """Write the findings; `total` is how many things were looked at, once that is known."""
        try:
            wrong = list(found)
        except SinkError as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            said = {"checked": total[0], "findings": wrong}
            self.stdout.write(json.dumps(said, ensure_ascii=False))
        else:
            self.stdout.writelines(f"{line}\n" for line in wrong)
        zh, en = of.split()
        if wrong:
            raise CommandError(
                f"{total[0]} {zh}中有 {len(wrong)} 项异常 / "
                f"{len(wrong)} findings in {total[0]} {en}"
            )
        if not options["json"]:
            self.stdout.write(f"{total[0]} {zh}均正常 / all {total[0]} {en} are well")


def _entries(about: str | None) -> Iterator[str]:
    for one in findings(entries(obj=about)):
        yield f"{one.entry_id} {one.check.name}: {one.check.zh} / {one.check.en}"
    if about is not None:
        return
    for one in orphans():
        yield f"{one.entry_id} {one.check.name}: {one.check.zh} / {one.check.en}"
    for found in tree_findings(keys=log_public_keys(), published=Path(settings.AUDIT_PUBLISH_DIR)):
        yield f"{found.what} {found.check.name}: {found.check.zh} / {found.check.en}"


def _receipts(file: str) -> tuple[Iterator[str], list[int]]:
    total = [0]

    def counted() -> Iterator[Receipt]:
        for receipt in (LineFile(Path(file)) if file else sink()).read():
            total[0] += 1
            yield receipt

    return (str(one) for one in unmatched(counted())), total
