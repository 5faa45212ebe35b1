"""manage.py complaint_step CASE upheld --by NAME: handle a complaint, one step at a time."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from compliance import clock
from compliance.models import ComplaintEvent, User
from compliance.numbers import Words
from compliance.selectors.suspension_facts import scope_of
from compliance.services.complaint_step import (
    HUMAN,
    ComplaintStepError,
    complaint_seen_by,
    complaint_step,
)

NO_ACCOUNT = Words("没有账号 {username}。", "There is no account {username}.")
DENIED = Words("不予办理：此步骤不由此人办理，或投诉现状不允许。", "Refused: {why}")
DONE = Words(
    "投诉 {case}：{kind}；新增暂停 {count} 项。", "Complaint {case}: {kind}; {count} suspended."
)
STEPS = sorted({kind.value for kind in HUMAN} | {ComplaintEvent.Kind.CLOSED.value})


class Command(BaseCommand):
    """Take one step of a case."""

    help = "办理投诉 / Take one step of a complaint; whoever it is about cannot"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the case, the step and who takes it."""
        parser.add_argument("case", type=int, metavar="CASE")
        parser.add_argument("kind", choices=STEPS)
        parser.add_argument("--by", required=True, metavar="USERNAME")
        parser.add_argument("--handler", default="", metavar="USERNAME")
        parser.add_argument("--note", default="")
        parser.add_argument("--sha256", default="", help="答复文件 / of the answer")
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 对象 / print JSON")

    def handle(self, *_: Any, **options: Any) -> None:
        """Take the step, or say why not."""
        by, now = _account(options["by"]), clock.read()
        handler = _account(options["handler"]) if options["handler"] else None
        try:
            complaint = complaint_seen_by(complaint_id=options["case"], user=by, now=now)
            event = complaint_step(
                complaint=complaint,
                kind=options["kind"],
                by=by,
                handler=handler,
                note=options["note"],
                sha256=options["sha256"],
                now=now,
            )
        except ComplaintStepError as error:
            raise CommandError(str(DENIED.filled(why=str(error))), returncode=4) from error
        begun = complaint.suspensions.filter(begun_at=event.at).order_by("pk")
        suspended = [
            {"suspension": one.pk, "scope": scope_of(one), "cause": one.cause} for one in begun
        ]
        data = {
            "case": complaint.pk,
            "event": event.pk,
            "kind": event.kind,
            "suspended": suspended,
        }
        if options["json"]:
            self.stdout.write(json.dumps(data, ensure_ascii=False))
        else:
            said = DONE.filled(case=complaint.pk, kind=event.kind, count=len(suspended))
            self.stdout.write(str(said))


def _account(username: str) -> User:
    user = User.objects.filter(username=username).first()
    if user is None:
        raise CommandError(str(NO_ACCOUNT.filled(username=username)), returncode=2)
    return user
