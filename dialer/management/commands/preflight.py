"""manage.py preflight --campaign CODE: how many leads can be called now, later, or never."""

import json
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from compliance import clock
from compliance.lists.moments import LOCAL
from compliance.preflight import Preflight
from compliance.questions import QuestionError, read_instant
from compliance.selectors.call_facts import FactsUnavailableError
from dialer.models import Campaign
from dialer.services.campaign_check import campaign_check, rule_data

ACTOR = "svc:command"


class Command(BaseCommand):
    """Ask the rulebook about every waiting lead of a campaign; never creates a permit."""

    help = (
        "启用前预检：多少外呼对象现在、稍后、永不可呼，按规则列出 / "
        "Before activation: how many leads can be called now, later or never, by rule."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the campaign and the instant."""
        parser.add_argument("--campaign", required=True, metavar="CODE")
        parser.add_argument(
            "--at", default="", metavar="ISO", help="默认为现在 / now unless said otherwise"
        )
        parser.add_argument(
            "--prefilter",
            action="store_true",
            help="先用内存中的拒绝名单筛除 / set aside whoever refused by a list held in memory",
        )
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 对象 / print JSON")

    def handle(self, *_: Any, **options: Any) -> None:
        """Print what was found."""
        campaign = Campaign.objects.filter(filing__code=options["campaign"]).first()
        if campaign is None:
            raise CommandError("没有该外呼任务。 There is no such campaign.", returncode=2)
        now = clock.read()
        try:
            checked = campaign_check(
                campaign=campaign,
                actor=ACTOR,
                now=now,
                at=read_instant(options["at"]) if options["at"] else now,
                prefilter=options["prefilter"],
            )
        except (QuestionError, FactsUnavailableError) as error:
            raise CommandError(str(error), returncode=2) from error
        if options["json"]:
            self.stdout.write(json.dumps(checked.data, ensure_ascii=False))
        else:
            self.stdout.write(as_text(checked.found))


def as_text(found: Preflight) -> str:
    """Return the report as lines that a person reads."""
    lines = [
        f"{found.campaign} · {_local(found.at)} · 共 {found.people} 人 / {found.people} people",
        f"现在可呼 {found.now} · 稍后 {found.later} · 不可呼 {found.never}",
        f"now {found.now} · later {found.later} · never {found.never}",
    ]
    if found.first_at and found.last_at:
        lines.append(f"稍后 later: {_local(found.first_at)} – {_local(found.last_at)}")
    for rule_id, _ in found.objections.most_common():
        row = rule_data(found, rule_id)
        title = f"{row['title'].get('zh', '')} / {row['title'].get('en', '')}"
        lines.append(
            f"{rule_id} {title}: {row['people']} "
            f"（拒绝 refused {row['refused']}，推迟 deferred {row['deferred']}）"
        )
    lines.append("按“任务已启用、最空闲坐席已按就绪”计算；未产生许可。")
    lines.append("Supposes an active campaign and the freest seat, ready; no permit came of it.")
    return "\n".join(lines)


def _local(at: datetime) -> str:
    return f"{at.astimezone(LOCAL):%Y-%m-%d %H:%M}"
