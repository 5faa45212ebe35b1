"""manage.py complaint_open NUMBER --channel 12321: stop its calls, open a case."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from compliance import clock
from compliance.lists.moments import MomentError, read_moment
from compliance.models import CampaignFiling, Complaint
from compliance.numbers import NumberProblem, Words, mask, normalise
from compliance.rulebook.codec import instant_text
from compliance.services.complaint_open import Intake, Opened, complaint_open

ACTOR = "svc:command"
OPENED = Words(
    "已受理投诉 {case}：{number} 全平台停呼，作废许可 {voided} 个；内部时限 {internal}，"
    "升级 {escalate}，办结期限 {due}。",
    "Complaint {case} is open: {number} is called by nobody, {voided} permits voided; ours by "
    "{internal}, escalated on {escalate}, due on {due}.",
)
UNREAD = Words("未能识别，已忽略：{what}", "Not understood, and left out: {what}")


class Command(BaseCommand):
    """Take a complaint in."""

    help = "受理投诉并立即全平台停呼 / Take a complaint in; every call to the number stops at once"

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the number and whatever else is known."""
        parser.add_argument("number", metavar="NUMBER")
        parser.add_argument("--channel", required=True, choices=Complaint.Channel.values)
        parser.add_argument("--ref", default="", help="渠道编号 / the channel's own case number")
        parser.add_argument("--summary", default="", help="投诉内容 / what it is about")
        parser.add_argument(
            "--received", default="", metavar="ISO", help="收到时间 / when it came"
        )
        parser.add_argument("--permit", default="", metavar="ID", help="被投诉的通话 / which call")
        parser.add_argument("--campaign", default="", metavar="CODE")
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 对象 / print JSON")

    def handle(self, *_: Any, **options: Any) -> None:
        """Open the case; what is not understood never keeps the number from being stopped."""
        try:
            number = normalise(options["number"])
        except NumberProblem as problem:
            raise CommandError(str(problem.words), returncode=2) from problem
        now = clock.read()
        unread: list[str] = []
        intake = Intake(
            channel=options["channel"],
            external_ref=options["ref"],
            summary=options["summary"],
            received_at=_instant(options["received"], unread),
            permit_id=_permit(options["permit"], unread),
            filing=_filing(options["campaign"], unread),
        )
        opened = complaint_open(number=number, intake=intake, actor=ACTOR, now=now)
        data = _data(opened, mask(number.e164), unread)
        if options["json"]:
            self.stdout.write(json.dumps(data, ensure_ascii=False))
            return
        said = {name: data[name] for name in ("case", "number", "voided_permits")} | data["clocks"]
        self.stdout.write(str(OPENED.filled(voided=said.pop("voided_permits"), **said)))
        for what in unread:
            self.stdout.write(str(UNREAD.filled(what=what)))


def _instant(text: str, unread: list[str]) -> datetime | None:
    if not text:
        return None
    try:
        return read_moment(text).at
    except MomentError:
        unread.append("--received")
        return None


def _permit(text: str, unread: list[str]) -> UUID | None:
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError:
        unread.append("--permit")
        return None


def _filing(code: str, unread: list[str]) -> CampaignFiling | None:
    filing = CampaignFiling.objects.filter(code=code).first() if code else None
    if code and filing is None:
        unread.append("--campaign")
    return filing


def _data(opened: Opened, masked: str, unread: list[str]) -> dict[str, Any]:
    case = opened.complaint
    return {
        "case": case.pk,
        "number": masked,
        "refusal": case.refusal_id,
        "stopped_at": instant_text(case.refusal.recorded_at),
        "voided_permits": opened.voided_permits,
        "channel": case.channel,
        "reference": case.external_ref,
        "received_at": instant_text(case.received_at),
        "clocks": {
            "internal": case.internal_due_on.isoformat(),
            "escalate": case.escalate_on.isoformat(),
            "due": case.due_on.isoformat(),
        },
        "receipt": opened.receipt,
        "not_understood": unread,
    }
