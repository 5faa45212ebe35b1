"""A decision as the row that stays of it: who asked what, the answer, and the facts behind it."""

import hashlib
from uuid import UUID

from compliance.models import Decision as StoredDecision
from compliance.rulebook.codec import answers_text, facts_bytes, finding_row
from compliance.rulebook.decision import Decision
from compliance.selectors.call_facts import CallReading


def decision_row(
    decision: Decision,
    *,
    reading: CallReading,
    id: UUID,  # noqa: A002 - the column's name
    kind: StoredDecision.Kind,
    origin: str,
    person_id: int,
    seat_id: int | None,
) -> StoredDecision:
    """Return the row, not yet saved. With its facts and its book the decision can be replayed."""
    facts = facts_bytes(reading.facts)
    objections = decision.objections
    return StoredDecision(
        id=id,
        kind=kind,
        origin=origin,
        at=reading.facts.at,
        filing=reading.filing,
        person_id=person_id,
        seat_id=seat_id,
        verdict=decision.verdict.value,
        retry_at=decision.retry_at,
        answers=answers_text(decision),
        findings=[finding_row(finding) for finding in objections],
        objecting_rules=[finding.rule_id for finding in objections],
        facts=facts,
        facts_digest=hashlib.sha256(facts).digest(),
        book_digest=decision.book_digest,
    )
