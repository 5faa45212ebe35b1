"""What the import commands share: options, a progress bar, and the summary in both languages."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from compliance.imports.outcome import Imported, ImportRefusedError, Watcher
from compliance.imports.reject_file import RejectFile, paths_beside
from compliance.imports.rows import ImportFile
from compliance.imports.told import IN_JSON, Told
from compliance.lists import Column, ListFileError, Reject
from compliance.models import User
from compliance.numbers import Words

NO_ACCOUNT = Words("没有账号 {username}。", "There is no account {username}.")

Run = Callable[[ImportFile, User, Watcher], Imported]


class ImportCommand(BaseCommand):
    """An import of one file; subclasses say of what, and into what."""

    columns: Sequence[Column]

    def add_arguments(self, parser: CommandParser) -> None:
        """Take what every import needs."""
        parser.add_argument("file", type=Path, metavar="FILE", help="CSV, TSV 或/or XLSX")
        parser.add_argument("--by", required=True, metavar="USERNAME", help="导入人 / who imports")
        parser.add_argument(
            "--rejects",
            type=Path,
            metavar="OUT.csv",
            help="退回文件；默认在原文件旁 / the reject file; beside FILE unless said otherwise",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="只检查，不改变 / check, and change nothing"
        )
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 对象 / print JSON")

    def run_import(self, run: Run, options: dict[str, Any]) -> None:
        """Import the file, tell what came of it, and leave the reject file behind.

        :raises CommandError: if the file or the import as a whole cannot be accepted
        """
        user = User.objects.filter(username=options["by"]).first()
        if user is None:
            raise CommandError(str(NO_ACCOUNT.filled(username=options["by"])), returncode=2)
        source: Path = options["file"]
        *earlier, out = [options["rejects"]] if options["rejects"] else paths_beside(source)
        try:
            with ImportFile(path=source, columns=self.columns) as file:
                rejects = RejectFile(path=out, headings=file.headings, earlier=earlier)
                self._import(file, user, rejects, run, options)
        except (ListFileError, ImportRefusedError) as error:
            raise CommandError(str(error)) from error

    def _import(
        self,
        file: ImportFile,
        user: User,
        reject_file: RejectFile,
        run: Run,
        options: dict[str, Any],
    ) -> None:
        shown: list[Reject] = []
        with reject_file as rejects:

            def keep(one: Reject) -> None:
                rejects.write(one)
                if len(shown) < IN_JSON:
                    shown.append(one)

            with self._bar(file) as bar:
                watcher = Watcher(on_row=bar.update, on_reject=keep)
                done = run(file, user, watcher)
        told = Told(
            done, shown, rejects.path if done.rejects else None, file, dry=options["dry_run"]
        )
        self.stdout.write(told.as_json() if options["json"] else told.as_text())

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
