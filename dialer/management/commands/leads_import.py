"""manage.py leads_import FILE --campaign CODE --list NAME: take people to call into a campaign."""

from datetime import date
from typing import Any

from django.core.management.base import CommandError, CommandParser

from compliance import clock
from compliance.imports.command import ImportCommand
from compliance.imports.outcome import Imported, Watcher
from compliance.imports.rows import ImportFile
from compliance.lists import LEAD_COLUMNS
from compliance.models import User
from compliance.models.words import ListSource
from compliance.numbers import Words
from compliance.services.list_choose import ListChoice
from dialer.models import Campaign
from dialer.services.leads_import import leads_import

NO_CAMPAIGN = Words("没有外呼任务 {code}。", "There is no campaign {code}.")


class Command(ImportCommand):
    """Import a list of people to call."""

    help = "导入外呼名单 / Import a list of people to call"
    columns = LEAD_COLUMNS

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the campaign, and the list with its lawful source."""
        super().add_arguments(parser)
        parser.add_argument("--campaign", required=True, metavar="CODE")
        parser.add_argument(
            "--list",
            required=True,
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

    def handle(self, *_: Any, **options: Any) -> None:
        """Import the file."""
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

        def run(file: ImportFile, user: User, watcher: Watcher) -> Imported:
            return leads_import(
                campaign=campaign,
                file=file,
                choice=choice,
                imported_by=user,
                now=clock.read(),
                watcher=watcher,
                mobile_only=not options["landlines"],
                dry_run=options["dry_run"],
            )

        self.run_import(run, options)
