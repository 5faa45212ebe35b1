"""Campaigns that the rulebook refused at registration, with what they were refused for."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from audit import selectors as trail
from compliance.books import explain
from compliance.editions import book_of_decision
from compliance.models import Principal
from compliance.models.words import Purpose
from compliance.rulebook.book import Book
from compliance.rulebook.bound import Citation
from compliance.rulebook.codec import finding_from_row
from compliance.rulebook.decision import Language
from console.words import Words

SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedRule:
    """One rule that refused a campaign."""

    rule_id: str
    title: str
    sentence: str
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
    book = book_of_decision(data["book_sha256"])
    return RefusedCampaign(
        at=at,
        code=data["code"],
        purpose=dict(Purpose.choices).get(data["purpose"], data["purpose"]),
        principal=names.get(data["principal"], "—"),
        rules=[_rule(row, book, language) for row in data["findings"]],
    )


def _rule(row: dict[str, Any], book: Book, language: Language) -> RefusedRule:
    said = explain(finding=finding_from_row(row), book=book, language=language)
    return RefusedRule(
        rule_id=said.rule_id,
        title=said.title,
        sentence=said.sentence,
        basis=said.basis,
        citations=said.citations,
    )
