"""manage.py pack_show: which book is in force, and the editions proposed and approved."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from compliance import clock
from compliance.edition_said import edition_data
from compliance.editions import book_at, edition_in_force
from compliance.models import PackEdition


class Command(BaseCommand):
    """Show the rulebook's editions."""

    help = "显示现行规则集及各版本 / Show the rulebook in force and its editions"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take --json."""
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 对象 / print JSON")

    def handle(self, *_: Any, **options: Any) -> None:
        """Print the book in force, then every edition in the order of recording."""
        now = clock.read()
        book, edition = book_at(now), edition_in_force(at=now)
        data: dict[str, Any] = {
            "in_force": {
                "pack": book.id,
                "version": book.version,
                "book_sha256": book.digest,
                "rules": len(book.rules()),
                "edition": None if edition is None else edition.pk,
            },
            "editions": [edition_data(row) for row in PackEdition.objects.order_by("pk")],
        }
        if options["json"]:
            self.stdout.write(json.dumps(data, ensure_ascii=False))
            return
        self.stdout.write(f"现行 in force: {book.id} {book.version} {book.digest}")
        for row in data["editions"]:
            self.stdout.write(
                f"{row['edition']} {row['version']} {row['state']} {row['effective_from']}"
                f" {row['reason']}"
            )
