"""manage.py consents_import FILE --principal NAME --purpose P3: take consents into a whitelist."""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from compliance import clock
from compliance.imports.command import ImportCommand
from compliance.imports.outcome import Imported, Watcher
from compliance.imports.rows import ImportFile
from compliance.lists import CONSENT_COLUMNS
from compliance.models import Principal, User
from compliance.models.words import ConsentBasis, Purpose
from compliance.numbers import Words
from compliance.services.consents_import import consents_import

NO_PRINCIPAL = Words("没有委托主体“{name}”。", "There is no principal “{name}”.")


class Command(ImportCommand):
    """Import a list of consents, each with its evidence."""

    help = "导入同意名单 / Import a list of consents"
    columns = CONSENT_COLUMNS

    def add_arguments(self, parser: CommandParser) -> None:
        """Take whom the consents are towards, and what for."""
        super().add_arguments(parser)
        parser.add_argument("--principal", required=True, metavar="NAME")
        parser.add_argument("--purpose", required=True, choices=Purpose.values)
        parser.add_argument(
            "--basis",
            default=ConsentBasis.CONSENT.value,
            choices=ConsentBasis.values,
            help="依据；默认为本人同意 / what entitles; by default consent",
        )

    def handle(self, *_: Any, **options: Any) -> None:
        """Import the file."""
        principal = Principal.objects.filter(name=options["principal"]).first()
        if principal is None:
            words = NO_PRINCIPAL.filled(name=options["principal"])
            raise CommandError(str(words), returncode=2)

        def run(file: ImportFile, user: User, watcher: Watcher) -> Imported:
            return consents_import(
                principal=principal,
                purpose=options["purpose"],
                file=file,
                imported_by=user,
                now=clock.read(),
                watcher=watcher,
                basis=options["basis"],
                dry_run=options["dry_run"],
            )

        self.run_import(run, options)
