"""manage.py preflight --campaign CODE: how many leads can be called now, later, or never."""

import json
import time
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from compliance import clock
from compliance.editions import book_of_decision
from compliance.lists.moments import LOCAL
from compliance.preflight import Preflight, preflight
from compliance.questions import QuestionError, read_instant
from compliance.rulebook.codec import instant_text
from compliance.selectors.call_facts import FactsUnavailableError
from compliance.suppression import Suppression
from dialer.models import Campaign, Lead

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
        began = time.perf_counter()
        try:
            at = read_instant(options["at"]) if options["at"] else now
            found = preflight(
                filing=campaign.filing,
                person_ids=_people(campaign),
                actor=ACTOR,
                now=now,
                at=at,
                suppression=_suppression(campaign) if options["prefilter"] else None,
            )
        except (QuestionError, FactsUnavailableError) as error:
            raise CommandError(str(error), returncode=2) from error
        seconds = time.perf_counter() - began
        if options["json"]:
            self.stdout.write(json.dumps(as_data(found, seconds=seconds), ensure_ascii=False))
        else:
            self.stdout.write(as_text(found))


def _people(campaign: Campaign) -> list[int]:
    waiting = Lead.objects.filter(campaign=campaign, state=Lead.State.WAITING)
    return list(waiting.order_by("pk").values_list("person_id", flat=True))


def _suppression(campaign: Campaign) -> Suppression:
    filing = campaign.filing
    suppression = Suppression(
        principal_id=filing.principal_id, industry=filing.industry, purpose=filing.purpose
    )
    suppression.refresh()
    return suppression


def as_data(found: Preflight, *, seconds: float) -> dict[str, Any]:
    """Return the report as JSON values."""
    book = book_of_decision(found.book_digest)
    return {
        "campaign": found.campaign,
        "state": found.state,
        "supposed": {"state": "active", "seat": "the freest"},
        "at": instant_text(found.at),
        "people": found.people,
        "now": found.now,
        "later": found.later,
        "never": found.never,
        "prefiltered": found.prefiltered,
        "later_from": _instant(found.first_at),
        "later_until": _instant(found.last_at),
        "later_by_local_hour": dict(sorted(found.later_on.items())),
        "rules": [_rule(found, rule_id) for rule_id, _ in found.objections.most_common()],
        "book": {"id": book.id, "version": book.version, "sha256": found.book_digest},
        "seconds": round(seconds, 3),
        "people_per_second": round(found.people / seconds) if seconds else None,
    }


def _rule(found: Preflight, rule_id: str) -> dict[str, Any]:
    bound = book_of_decision(found.book_digest).rule(rule_id)
    refused = found.refusing[rule_id]
    return {
        "rule": rule_id,
        "title": {"zh": bound.title_zh, "en": bound.title_en} if bound else {},
        "people": found.objections[rule_id],
        "refused": refused,
        "deferred": found.objections[rule_id] - refused,
    }


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
        row = _rule(found, rule_id)
        title = f"{row['title'].get('zh', '')} / {row['title'].get('en', '')}"
        lines.append(
            f"{rule_id} {title}: {row['people']} "
            f"（拒绝 refused {row['refused']}，推迟 deferred {row['deferred']}）"
        )
    lines.append("按“任务已启用、由最空闲坐席呼出”计算；未产生许可。")
    lines.append("Supposes an active campaign and the freest seat; no permit came of it.")
    return "\n".join(lines)


def _local(at: datetime) -> str:
    return f"{at.astimezone(LOCAL):%Y-%m-%d %H:%M}"


def _instant(at: datetime | None) -> str | None:
    return None if at is None else instant_text(at)
