"""manage.py refusals_import FILE: take refusals into the registry; none is ever taken off it."""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from compliance.imports.command import ImportCommand
from compliance.imports.kind import ImportKind
from compliance.models import Principal
from compliance.numbers import Words
from compliance.services.refusals_import import RefusalsImport

NO_PRINCIPAL = Words("没有委托主体“{name}”。", "There is no principal “{name}”.")


class Command(ImportCommand):
    """Import a list of refusals."""

    help = "导入拒绝名单 / Import a list of refusals"
    kind = RefusalsImport

    def add_arguments(self, parser: CommandParser) -> None:
        """Take whom the list's own scopes mean."""
        super().add_arguments(parser)
        parser.add_argument(
            "--principal",
            default="",
            metavar="NAME",
            help="名单中“本公司”所指；不写则一律全局禁呼 / whom “this company” on the list means; "
            "without it every refusal is towards everybody",
        )

    def kind_of(self, options: dict[str, Any]) -> ImportKind:
        """Return what a new import of the options goes into."""
        if not options["principal"]:
            return RefusalsImport()
        principal = Principal.objects.filter(name=options["principal"]).first()
        if principal is None:
            words = NO_PRINCIPAL.filled(name=options["principal"])
            raise CommandError(str(words), returncode=2)
        return RefusalsImport(principal=principal)

    def kind_again(self, terms: dict[str, Any]) -> ImportKind:
        """Return what an import that was planned goes into."""
        return RefusalsImport.again(terms)
