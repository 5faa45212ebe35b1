"""What the import commands share: the difference first, then a yes, then the summary."""

import sys
from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar, NoReturn

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from compliance import clock
from compliance.denials import DeniedError, denial_record
from compliance.imports.apply import import_apply, import_discard
from compliance.imports.kind import ImportKind
from compliance.imports.outcome import Imported, ImportRefusedError, Watcher, outcome_of
from compliance.imports.plan import import_plan
from compliance.imports.reject_file import RejectFile, paths_beside
from compliance.imports.rows import ImportFile
from compliance.imports.staging import StagedReject, Staging
from compliance.imports.told import IN_JSON, Told
from compliance.lists import ListFileError
from compliance.models import ListImport, User
from compliance.numbers import Words

NO_ACCOUNT = Words("没有账号 {username}。", "There is no account {username}.")
NO_IMPORT = Words("没有此类导入 {number}。", "There is no such import {number}.")
WHICH = Words(
    "请给出 FILE、--apply 或 --discard 之一。", "Give one of FILE, --apply and --discard."
)
ASKED = "应用？ Apply it? [y/N] "


class ImportCommand(BaseCommand):
    """An import of one file; subclasses say of what, and into what."""

    kind: ClassVar[type[ImportKind]]

    def add_arguments(self, parser: CommandParser) -> None:
        """Take what every import needs."""
        parser.add_argument("file", type=Path, nargs="?", metavar="FILE", help="CSV, TSV, XLSX")
        parser.add_argument("--by", required=True, metavar="USERNAME", help="导入人 / who imports")
        parser.add_argument(
            "--rejects",
            type=Path,
            metavar="OUT.csv",
            help="退回文件；默认在原文件旁 / the reject file; beside FILE unless said otherwise",
        )
        self._add_choices(parser)
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 对象 / print JSON")

    def _add_choices(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group()
        what.add_argument(
            "--yes",
            action="store_true",
            help="显示差异后直接应用 / apply it without asking once the difference was shown",
        )
        what.add_argument(
            "--plan",
            action="store_true",
            help="只显示差异，暂存待应用 / show the difference and leave it staged",
        )
        what.add_argument(
            "--dry-run", action="store_true", help="只检查，不改变 / check, and change nothing"
        )
        what.add_argument("--apply", type=int, metavar="ID", help="应用暂存的导入 / apply a plan")
        what.add_argument("--discard", type=int, metavar="ID", help="放弃 / let go of a plan")

    def kind_of(self, options: dict[str, Any]) -> ImportKind:
        """Return what a new import of the options goes into."""
        raise NotImplementedError

    def kind_again(self, terms: dict[str, Any]) -> ImportKind:
        """Return what an import that was planned goes into."""
        raise NotImplementedError

    def handle(self, *_: Any, **options: Any) -> None:
        """Import the file, or do what is left to do of an import that was planned.

        :raises CommandError: if the file or the import as a whole cannot be accepted
        """
        user = User.objects.filter(username=options["by"]).first()
        if user is None:
            raise CommandError(str(NO_ACCOUNT.filled(username=options["by"])), returncode=2)
        if sum(options[one] is not None for one in ("file", "apply", "discard")) != 1:
            raise CommandError(str(WHICH), returncode=2)
        try:
            if options["file"] is None:
                self._go_on(user, options)
            else:
                self._begin(user, self.kind_of(options), options)
        except (ListFileError, ImportRefusedError) as error:
            if isinstance(error, DeniedError):
                denial_record(
                    obj=f"command:{self.kind.name}_import",
                    actor=f"u:{user.pk}",
                    now=clock.read(),
                    error=error,
                )
            raise CommandError(str(error)) from error

    def _begin(self, user: User, kind: ImportKind, options: dict[str, Any]) -> None:
        source: Path = options["file"]
        *earlier, out = [options["rejects"]] if options["rejects"] else paths_beside(source)
        now = clock.read()
        with ImportFile(path=source, columns=kind.columns) as file:
            dropped = file.headings.dropped
            with RejectFile(path=out, headings=file.headings, earlier=earlier) as rejects:
                with self._bar(file) as bar:
                    watcher = Watcher(on_rows=bar.update)
                    row = import_plan(kind=kind, file=file, by=user, now=now, watcher=watcher)
                shown: list[StagedReject] = []
                for one in Staging(row.pk, kind.fields).rejects():
                    rejects.write(one)
                    if len(shown) < IN_JSON:
                        shown.append(one)
        told = Told(
            shown=shown,
            reject_file=rejects.path if shown else None,
            dropped=dropped,
            dry=options["dry_run"],
        )
        if not options["json"]:
            self.stdout.write(told.difference(outcome_of(row)))
        done = self._decide(row, kind, user, now, options)
        self.stdout.write(told.as_json(done) if options["json"] else told.outcome(done))

    def _decide(
        self, row: ListImport, kind: ImportKind, user: User, now: datetime, options: dict[str, Any]
    ) -> Imported:
        if options["dry_run"]:
            import_discard(kind=kind, row=row, by=user, now=now)
        elif options["yes"] or (not options["plan"] and self._agreed(options)):
            return import_apply(kind=kind, row=row, by=user, now=now)
        return outcome_of(row)

    def _agreed(self, options: dict[str, Any]) -> bool:
        """Ask, if there is a person to ask."""
        if options["json"] or not sys.stdin.isatty():
            return False
        return input(ASKED).strip().lower() in ("y", "yes", "是")

    def _go_on(self, user: User, options: dict[str, Any]) -> None:
        number = options["apply"] or options["discard"]
        row = ListImport.objects.filter(pk=number, kind=self.kind.name).first()
        if row is None:
            raise CommandError(str(NO_IMPORT.filled(number=number)), returncode=2)
        kind = self.kind_again(row.terms)
        if options["apply"]:
            done = import_apply(kind=kind, row=row, by=user, now=clock.read())
        else:
            import_discard(kind=kind, row=row, by=user, now=clock.read())
            done = outcome_of(row)
        told = Told()
        self.stdout.write(told.as_json(done) if options["json"] else told.outcome(done))

    def _bar(self, file: ImportFile) -> "tqdm[NoReturn]":
        """Show progress to a person; a pipe or a log gets none."""
        return tqdm(
            total=file.row_count,
            desc="导入 importing",
            unit=" 行 rows",
            file=sys.stderr,
            disable=not sys.stderr.isatty(),
            leave=False,
        )
