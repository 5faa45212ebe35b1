"""A decision as the row that stays of it: who asked what, the answer, and the facts behind it."""

import hashlib
from datetime import datetime
from uuid import UUID

from compliance.models import Decision as StoredDecision
from compliance.rulebook.codec import answers_text, facts_bytes, finding_row
from compliance.rulebook.decision import Decision
from compliance.rulebook.facts import CallFacts


def decision_draft(
    *,
    id: UUID,  # noqa: A002 - the column's name
    kind: StoredDecision.Kind,
    origin: str,
    at: datetime,
    filing_id: int,
    person_id: int,
    seat_id: int | None,
) -> StoredDecision:
    """Return the row as far as the question goes; `decision_fill` adds the answer."""
    return StoredDecision(
        id=id,
        kind=kind,
        origin=origin,
        at=at,
        filing_id=filing_id,
        person_id=person_id,
        seat_id=seat_id,
    )


def decision_fill(row: StoredDecision, decision: Decision, facts: CallFacts) -> None:
    """Complete the row, not yet saved. With its facts and its book it can be replayed."""
    seen = facts_bytes(facts)
    objections = decision.objections
    row.verdict = decision.verdict.value
    row.retry_at = decision.retry_at
    row.answers = answers_text(decision)
    row.findings = [finding_row(finding) for finding in objections]
    row.objecting_rules = [finding.rule_id for finding in objections]
    row.facts = seen
    row.facts_digest = hashlib.sha256(seen).digest()
    row.book_digest = decision.book_digest
