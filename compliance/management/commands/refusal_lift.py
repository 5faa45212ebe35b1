"""manage.py refusal_lift REFUSAL: ask for, or approve, the lifting of a refusal."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from compliance import clock
from compliance.models import Consent, LiftRequest, Refusal, User
from compliance.services.refusal_lift import (
    LiftRefusedError,
    refusal_lift_approve,
    refusal_lift_request,
)


class Command(BaseCommand):
    """One person asks with --consent, another approves with --request."""

    help = "申请（--consent）或批准（--request）解除拒绝 / Ask for or approve lifting a refusal"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the refusal, what lifts it, and who says so."""
        parser.add_argument("refusal", type=int, metavar="REFUSAL")
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--consent", type=int, metavar="ID")
        what.add_argument("--request", type=int, metavar="ID")
        parser.add_argument("--by", required=True, metavar="USERNAME")
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 对象 / print JSON")

    def handle(self, *_: Any, **options: Any) -> None:
        """Do one of the two and print what came of it."""
        now = clock.read()
        try:
            by = User.objects.get(username=options["by"])
            refusal = Refusal.objects.get(pk=options["refusal"])
            if options["consent"] is not None:
                consent = Consent.objects.get(pk=options["consent"])
                asked = refusal_lift_request(refusal=refusal, consent=consent, by=by, now=now)
                told = {"refusal": refusal.pk, "request": asked.pk, "lifted": False}
            else:
                request = LiftRequest.objects.get(pk=options["request"], refusal=refusal)
                refusal_lift_approve(request=request, by=by, now=now)
                told = {"refusal": refusal.pk, "request": request.pk, "lifted": True}
        except (
            User.DoesNotExist,
            Refusal.DoesNotExist,
            Consent.DoesNotExist,
            LiftRequest.DoesNotExist,
            LiftRefusedError,
        ) as error:
            raise CommandError(
                f"拒绝未解除 / the refusal stands: {error}", returncode=2
            ) from error
        if options["json"]:
            self.stdout.write(json.dumps(told))
        else:
            self.stdout.write(
                "已解除拒绝 / refusal lifted"
                if told["lifted"]
                else f"已申请，待第二人批准：{told['request']} / asked; a second person approves"
            )
