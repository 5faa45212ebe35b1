"""manage.py leads_import FILE --campaign CODE --list NAME: take people to call into a campaign."""

from datetime import date
from typing import Any

from django.core.management.base import CommandError, CommandParser

from compliance.imports.command import ImportCommand
from compliance.imports.kind import ImportKind
from compliance.models.words import ListSource
from compliance.numbers import Words
from compliance.services.list_choose import ListChoice
from dialer.models import Campaign
from dialer.services.leads_import import LeadsImport

NO_TERMS = Words("请给出 --campaign 和 --list。", "Give --campaign and --list with a file.")
NO_CAMPAIGN = Words("没有外呼任务 {code}。", "There is no campaign {code}.")


class Command(ImportCommand):
    """Import a list of people to call."""

    help = "导入外呼名单 / Import a list of people to call"
    kind = LeadsImport

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the campaign, and the list with its lawful source."""
        super().add_arguments(parser)
        parser.add_argument("--campaign", default="", metavar="CODE")
        parser.add_argument(
            "--list",
            default="",
            metavar="NAME|ID",
            help="名单名称或编号 / the list's name or number",
        )
        parser.add_argument(
            "--source", default="", choices=ListSource.values, help="合法来源 / its lawful source"
        )
        parser.add_argument("--collected-by", default="", metavar="WHO", help="收集方 / collector")
        parser.add_argument(
            "--notice", default="", metavar="TEXT", help="收集时的告知 / what people were told"
        )
        parser.add_argument(
            "--collected-on",
            type=date.fromisoformat,
            default=None,
            metavar="DATE",
            help="最早一行的收集日期 / the day on which its oldest row was collected",
        )
        parser.add_argument(
            "--transfer-sha256",
            default="",
            metavar="SHA256",
            help="向他人提供的单独同意凭证 / evidence of the separate consent to hand it on",
        )
        parser.add_argument(
            "--landlines", action="store_true", help="也接受座机 / take landlines too"
        )

    def kind_of(self, options: dict[str, Any]) -> ImportKind:
        """Return what a new import of the options goes into."""
        if not options["campaign"] or not options["list"]:
            raise CommandError(str(NO_TERMS), returncode=2)
        found = Campaign.objects.select_related("filing__principal")
        campaign = found.filter(filing__code=options["campaign"]).first()
        if campaign is None:
            raise CommandError(str(NO_CAMPAIGN.filled(code=options["campaign"])), returncode=2)
        choice = ListChoice(
            reference=options["list"],
            source=options["source"],
            collected_by=options["collected_by"],
            notice_text=options["notice"],
            collected_on=options["collected_on"],
            transfer_sha256=options["transfer_sha256"],
        )
        return LeadsImport(campaign=campaign, choice=choice, mobile_only=not options["landlines"])

    def kind_again(self, terms: dict[str, Any]) -> ImportKind:
        """Return what an import that was planned goes into."""
        return LeadsImport.again(terms)
