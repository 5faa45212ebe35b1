"""manage.py recordings_age: delete the recordings that have been kept long enough."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from compliance import clock
from dialer.services.recordings_age import recordings_age

ACTOR = "svc:recordings_age"


class Command(BaseCommand):
    """Delete them; run it once a day, as the account that records."""

    help = "删除到期录音并留存删除证明 / Delete recordings that are old enough, with a proof"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take how to run."""
        parser.add_argument(
            "--dry-run", action="store_true", help="只统计，不删除 / count, delete nothing"
        )
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 对象 / print JSON")

    def handle(self, *_: Any, **options: Any) -> None:
        """Delete."""
        try:
            aged = recordings_age(
                folder=Path(settings.RECORDINGS_DIR),
                actor=ACTOR,
                now=clock.read(),
                dry_run=options["dry_run"],
            )
        except OSError as error:
            raise CommandError(
                f"录音文件夹无法写入 / The folder of recordings: {error.strerror or error}"
            ) from error
        if options["json"]:
            told = {"due": aged.due, "held": aged.held, "deleted": aged.deleted}
            self.stdout.write(json.dumps(told))
            return
        self.stdout.write(
            f"到期 {aged.due}，保全 {aged.held}，已删除 {aged.deleted}。 "
            f"{aged.due} due, {aged.held} of them held, {aged.deleted} deleted."
        )
