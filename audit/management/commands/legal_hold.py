"""`manage.py legal_hold place|lift|list`: keep entries from being dropped."""

import json
from datetime import UTC, date, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.models import AuditLegalHold
from audit.services.legal_hold import HoldError, hold_lift, hold_place


class Command(BaseCommand):
    """Place a hold alone; lift one with somebody else."""

    help = "法律保全：设定、解除（须两人）、列出 / Place, lift (two people) or list legal holds"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take what to do."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        place = verbs.add_parser("place")
        place.add_argument("--since", type=date.fromisoformat, required=True)
        place.add_argument("--until", type=date.fromisoformat, required=True)
        lift = verbs.add_parser("lift")
        lift.add_argument("hold", type=int)
        lift.add_argument("--second", required=True, metavar="ACTOR", help="另一人 / another")
        for verb in (place, lift):
            verb.add_argument("--by", required=True, metavar="ACTOR", help="u:17")
            verb.add_argument("--reason", required=True)
        for verb in (place, lift, verbs.add_parser("list")):
            verb.add_argument("--json", action="store_true")

    def handle(self, *_: Any, **options: Any) -> None:
        """Do it.

        :raises CommandError: if it cannot be done as asked
        """
        now = datetime.now(UTC)
        said = {name: options[name] for name in ("by", "reason") if name in options}
        try:
            if options["verb"] == "place":
                days = {name: options[name] for name in ("since", "until")}
                hold_place(**days, **said, now=now)
            elif options["verb"] == "lift":
                hold_lift(hold_id=options["hold"], second=options["second"], **said, now=now)
        except HoldError as error:
            raise CommandError(str(error)) from error
        standing = AuditLegalHold.objects.filter(lifted_at=None).order_by("pk")
        rows = [[one.pk, str(one.since), str(one.until), one.reason] for one in standing]
        if options["json"]:
            self.stdout.write(json.dumps({"holds": rows}, ensure_ascii=False))
            return
        for pk, since, until, reason in rows:
            self.stdout.write(f"{pk}: {since} - {until} {reason}")
        self.stdout.write(f"{len(rows)} 项保全生效中 / holds stand")
