"""Campaigns that the rulebook refused at registration, with what they were refused for."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from audit import selectors as trail
from compliance.books import book
from compliance.models import Principal
from compliance.models.words import Purpose
from compliance.rulebook.bound import BASES, Citation
from compliance.rulebook.decision import Language
from console.selectors.objections import title_of
from console.words import Words

SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedRule:
    """One rule that refused a campaign."""

    rule_id: str
    title: str
    basis: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedCampaign:
    """One campaign that was not registered."""

    at: datetime
    code: str
    purpose: Words
    principal: str
    rules: Sequence[RefusedRule]


def refused_campaigns(*, language: Language) -> Sequence[RefusedCampaign]:
    """Return the last campaigns that were refused, from the audit trail."""
    entries = trail.entries(action="campaign.registration_refused").order_by("-pk")[:SHOWN]
    told = [(entry.ts, json.loads(bytes(entry.body))["data"]) for entry in entries]
    names = dict(
        Principal.objects.filter(pk__in=[data["principal"] for _, data in told]).values_list(
            "pk", "name"
        )
    )
    return [_refused(at, data, names, language) for at, data in told]


def _refused(
    at: datetime, data: dict[str, Any], names: dict[int, str], language: Language
) -> RefusedCampaign:
    return RefusedCampaign(
        at=at,
        code=data["code"],
        purpose=dict(Purpose.choices).get(data["purpose"], data["purpose"]),
        principal=names.get(data["principal"], "—"),
        rules=[_rule(rule_id, language) for rule_id in data["rules"]],
    )


def _rule(rule_id: str, language: Language) -> RefusedRule:
    bound = book().rule(rule_id)
    return RefusedRule(
        rule_id=rule_id,
        title=title_of(rule_id, language),
        basis=BASES[bound.basis][language] if bound else "",
        citations=bound.cites if bound else (),
    )
