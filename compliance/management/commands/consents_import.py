"""manage.py consents_import FILE --principal NAME --purpose P3: take consents into a whitelist."""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from compliance.imports.command import ImportCommand
from compliance.imports.kind import ImportKind
from compliance.models import Principal
from compliance.models.words import ConsentBasis, Purpose
from compliance.numbers import Words
from compliance.services.consents_import import ConsentsImport

NO_PRINCIPAL = Words("没有委托主体“{name}”。", "There is no principal “{name}”.")
NO_TERMS = Words(
    "请给出 --principal 和 --purpose。", "Give --principal and --purpose with a file."
)


class Command(ImportCommand):
    """Import a list of consents, each with its evidence."""

    help = "导入同意名单 / Import a list of consents"
    kind = ConsentsImport

    def add_arguments(self, parser: CommandParser) -> None:
        """Take whom the consents are towards, and what for."""
        super().add_arguments(parser)
        parser.add_argument("--principal", default="", metavar="NAME")
        parser.add_argument("--purpose", default="", choices=Purpose.values)
        parser.add_argument(
            "--basis",
            default=ConsentBasis.CONSENT.value,
            choices=ConsentBasis.values,
            help="依据；默认为本人同意 / what entitles; by default consent",
        )

    def kind_of(self, options: dict[str, Any]) -> ImportKind:
        """Return what a new import of the options goes into."""
        if not options["principal"] or not options["purpose"]:
            raise CommandError(str(NO_TERMS), returncode=2)
        principal = Principal.objects.filter(name=options["principal"]).first()
        if principal is None:
            words = NO_PRINCIPAL.filled(name=options["principal"])
            raise CommandError(str(words), returncode=2)
        return ConsentsImport(
            principal=principal, purpose=options["purpose"], basis=options["basis"]
        )

    def kind_again(self, terms: dict[str, Any]) -> ImportKind:
        """Return what an import that was planned goes into."""
        return ConsentsImport.again(terms)
