"""manage.py campaigns: register one, let it run by a second person, pause, resume, close."""

from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from types import MappingProxyType

from django.core.management.base import CommandError
from django.db.models import Count

from compliance.call_answer import findings_data
from compliance.editions import book_of_decision
from compliance.models import CallerNumber, CampaignFiling, ScriptVersion, Trunk
from compliance.models.words import Purpose
from compliance.services.filing_activate import (
    FilingNotDraftError,
    NotASecondPersonError,
    filing_activate,
)
from compliance.services.filing_pause import (
    CampaignStateError,
    NotAResumerError,
    filing_close,
    filing_pause,
    filing_resume,
)
from compliance.services.filing_register import FilingElements, FilingRefusedError
from compliance.verbs import (
    DENIED,
    REFUSED,
    Options,
    Told,
    Verb,
    VerbCommand,
    account,
    actor_of,
    by_argument,
    nothing_more,
    one,
    principal_named,
)
from dialer.models import Campaign
from dialer.services.campaign_register import RingSecondsError, campaign_register


def _register_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("code", metavar="CODE")
    # The plan's seven elements: name, principal, purpose, number, audience, content, contact.
    parser.add_argument("--name", required=True, help="业务名称")
    parser.add_argument("--principal", required=True, metavar="NAME", help="业务委托主体")
    parser.add_argument("--purpose", required=True, choices=Purpose.values, help="业务类型")
    parser.add_argument("--number", required=True, metavar="NUMBER", help="外呼业务号码")
    parser.add_argument("--audience", required=True, help="外呼对象 / who is called")
    parser.add_argument("--content", required=True, help="外呼内容 / what about")
    parser.add_argument("--contact", required=True, help="联系方式 / how to reach us")
    parser.add_argument("--trunk", required=True, metavar="CODE")
    parser.add_argument("--script", type=int, required=True, metavar="ID", help="见 scripts show")
    parser.add_argument("--robot", action="store_true", help="机器人 / a machine speaks")
    parser.add_argument("--sensitive", action="store_true", help="用到敏感个人信息 / PIPL 28")
    parser.add_argument("--ring-seconds", type=int, default=30, metavar="15..45")
    parser.add_argument("--max-attempts", type=int, default=3)
    by_argument(parser)


def _register(options: Options, now: datetime) -> Told:
    elements = FilingElements(
        code=options["code"],
        name=options["name"],
        principal=principal_named(options["principal"]),
        purpose=options["purpose"],
        caller_number=one(CallerNumber, number=options["number"]),
        audience=options["audience"],
        content=options["content"],
        contact=options["contact"],
        trunk=one(Trunk, code=options["trunk"]),
        script=one(ScriptVersion, pk=options["script"]),
        robot=options["robot"],
        sensitive_data=options["sensitive"],
    )
    author = account(options["by"])
    with _explained():
        campaign = campaign_register(
            elements=elements,
            ring_seconds=options["ring_seconds"],
            max_attempts=options["max_attempts"],
            author=author,
            now=now,
        )
    return _told(campaign.filing)


@contextmanager
def _explained() -> Iterator[None]:
    """Say every objection that the rulebook has as people read it.

    :raises CommandError: if it refuses
    """
    try:
        yield
    except FilingRefusedError as error:
        book = book_of_decision(error.decision.book_digest)
        rows = findings_data(error.decision.objections, book=book)
        said = [f"{row['rule']} {row['reason']['zh']} {row['reason']['en']}" for row in rows]
        words = DENIED.filled(zh="规则书反对该任务", why="the rulebook objects")
        raise CommandError("\n".join([str(words), *said]), returncode=REFUSED) from error


def _code_argument(parser: ArgumentParser) -> None:
    parser.add_argument("code", metavar="CODE")
    by_argument(parser)


def _activate(options: Options, now: datetime) -> Told:
    filing, approver = _filing(options), account(options["by"])
    with _explained():
        filing_activate(filing=filing, approver=approver, now=now)
    return _told(filing)


def _filing(options: Options) -> CampaignFiling:
    return one(CampaignFiling, code=options["code"])


def _reason_arguments(parser: ArgumentParser) -> None:
    _code_argument(parser)
    parser.add_argument("--reason", required=True)


def _pause(options: Options, now: datetime) -> Told:
    filing = _filing(options)
    filing_pause(filing=filing, actor=actor_of(options), reason=options["reason"], now=now)
    return _told(filing)


def _resume(options: Options, now: datetime) -> Told:
    filing = _filing(options)
    filing_resume(filing=filing, by=account(options["by"]), reason=options["reason"], now=now)
    return _told(filing)


def _close(options: Options, now: datetime) -> Told:
    filing = _filing(options)
    filing_close(filing=filing, actor=actor_of(options), reason=options["reason"], now=now)
    return _told(filing)


def _told(filing: CampaignFiling) -> Told:
    approver = filing.approver
    return {
        "campaign": filing.code,
        "name": filing.name,
        "principal": filing.principal.name,
        "purpose": filing.purpose,
        "number": filing.caller_number.number,
        "trunk": filing.trunk.code,
        "script": f"{filing.script.title} v{filing.script.version}",
        "author": filing.author.username,
        "approver": None if approver is None else approver.username,
        "state": filing.state,
    }


def _show(_: Options, now: datetime) -> Told:
    del now
    campaigns = Campaign.objects.select_related(
        *(f"filing__{name}" for name in ("principal", "caller_number", "trunk", "script")),
        *(f"filing__{name}" for name in ("author", "approver")),
    )
    return {
        "campaigns": [
            _told(campaign.filing)
            | {"ring_seconds": campaign.ring_seconds, "leads": campaign.lead_count}
            for campaign in campaigns.annotate(lead_count=Count("leads")).order_by("pk")
        ]
    }


class Command(VerbCommand):
    """Register, activate, pause, resume, close or show campaigns."""

    help = "外呼任务 / Campaigns; preflight says beforehand who can be called"
    refusals = MappingProxyType(
        {
            RingSecondsError: "振铃时长须为 15 至 45 秒",
            NotASecondPersonError: "外呼任务须由登记人以外的合规员或管理员启用",
            FilingNotDraftError: "该任务已启用或已结束",
            NotAResumerError: "外呼任务由合规员或管理员恢复",
            CampaignStateError: "该任务当前的状态不允许这样办理",
        }
    )
    verbs = (
        Verb(
            name="register", help="登记 / register", arguments=_register_arguments, run=_register
        ),
        Verb(name="activate", help="启用 / activate", arguments=_code_argument, run=_activate),
        Verb(name="pause", help="暂停 / pause", arguments=_reason_arguments, run=_pause),
        Verb(name="resume", help="恢复 / resume", arguments=_reason_arguments, run=_resume),
        Verb(name="close", help="结束 / close", arguments=_reason_arguments, run=_close),
        Verb(name="show", help="查看 / show", arguments=nothing_more, run=_show),
    )
