"""Register a campaign: the plan's seven elements, judged by the rulebook first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from audit import record as audit
from audit.plain_numbers import plain_number_in
from compliance.editions import book_at
from compliance.keepers import keepers_only
from compliance.models import (
    CallerNumber,
    CampaignFiling,
    Principal,
    ScriptVersion,
    Trunk,
    User,
    Whitelist,
)
from compliance.numbers import mask
from compliance.rulebook.codec import finding_row
from compliance.rulebook.decision import Decision, Finding, Verdict
from compliance.rulebook.engine import judge_filing
from compliance.selectors.filing_facts import filing_facts


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingElements:
    """What a campaign is registered with."""

    code: str
    name: str  # 业务名称
    principal: Principal  # 业务委托主体
    purpose: str  # 业务类型
    caller_number: CallerNumber  # 外呼业务号码
    audience: str  # 外呼对象
    content: str  # 外呼内容
    contact: str  # 联系方式
    trunk: Trunk
    script: ScriptVersion
    robot: bool = False  # a machine speaks, not an agent
    sensitive_data: bool = False  # sensitive personal information is used in the talk


class FilingRefusedError(Exception):
    """The rulebook refuses the campaign; `decision` holds every finding."""

    def __init__(self, decision: Decision) -> None:
        """Keep the decision for whoever explains it."""
        super().__init__(", ".join(finding.rule_id for finding in decision.objections))
        self.decision = decision


def filing_register(*, elements: FilingElements, author: User, now: datetime) -> CampaignFiling:
    """Register a campaign as a draft; a second person has to activate it.

    The refusal of a campaign is on the record too.

    :raises NotAKeeperError: if the account may not
    :raises FilingRefusedError: if any rule of the registration stage objects
    """
    keepers_only(f"u:{author.pk}")
    filing = _filing(elements, author, now)
    decision = judge_filing(filing_facts(filing=filing, now=now), book_at(now))
    with transaction.atomic(durable=True):
        if decision.verdict is Verdict.ALLOW:
            filing.whitelist, _ = Whitelist.objects.get_or_create(
                principal=elements.principal, purpose=elements.purpose
            )
            filing.save(force_insert=True)
        _record(filing, decision, now)
    if decision.verdict is not Verdict.ALLOW:
        raise FilingRefusedError(decision)
    return filing


def _filing(elements: FilingElements, author: User, now: datetime) -> CampaignFiling:
    return CampaignFiling(
        code=elements.code,
        name=elements.name,
        principal=elements.principal,
        purpose=elements.purpose,
        industry=elements.principal.industry,
        caller_number=elements.caller_number,
        audience=elements.audience,
        content=elements.content,
        contact=elements.contact,
        trunk=elements.trunk,
        script=elements.script,
        robot=elements.robot,
        sensitive_data=elements.sensitive_data,
        author=author,
        registered_at=now,
    )


def _record(filing: CampaignFiling, decision: Decision, now: datetime) -> None:
    allowed = decision.verdict is Verdict.ALLOW
    audit.record(
        "campaign.registered" if allowed else "campaign.registration_refused",
        obj=f"filing:{filing.pk}" if allowed else f"principal:{filing.principal_id}",
        actor=f"u:{filing.author_id}",
        now=now,
        outcome="ok" if allowed else "denied",
        data={
            "code": filing.code,
            "purpose": filing.purpose,
            "principal": filing.principal_id,
            "caller_number": filing.caller_number_id,
            "trunk": filing.trunk.code,
            "script_sha256": filing.script.text_sha256,
            "robot": filing.robot,
            "sensitive_data": filing.sensitive_data,
            "rules": [finding.rule_id for finding in decision.objections],
            "findings": [_recorded(finding) for finding in decision.objections],
            "book_sha256": decision.book_digest,
        },
    )


def _recorded(finding: Finding) -> dict[str, Any]:
    """Return a finding as the trail may keep it: a caller number may be somebody's own."""
    row = finding_row(finding)
    if "values" in row:
        row["values"] = {name: _masked(value) for name, value in row["values"].items()}
    return row


def _masked(value: Any) -> Any:
    return mask(value) if isinstance(value, str) and plain_number_in(value) else value
