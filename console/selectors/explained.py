"""A stored decision, said in the reader's language with its citations."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import get_language

from audit import selectors as trail
from audit.actions import BY_NAME
from audit.models import AuditEntry
from compliance.books import Explained, book, explain
from compliance.editions import book_of_decision, edition_of_book
from compliance.models import Decision, Permit
from compliance.rulebook.codec import answers_from_text, finding_from_row
from compliance.rulebook.decision import ALLOW, NOT_APPLICABLE, Finding, Language
from dialer.models import Attempt

ENTRIES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """Every finding of one decision, the objections first."""

    objections: Sequence[Explained]
    allowed: Sequence[Explained]
    not_applicable: Sequence[Explained]


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionNamed:
    """The edition of the rulebook that a decision was made under."""

    pack: str
    version: str
    since: datetime | None  # None: it came with the software
    page: int | None  # None: nobody has put it on the record yet


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """One entry of the audit trail, in the reader's words."""

    entry: AuditEntry
    said: str


def reader_language() -> Language:
    """Return the language of the page."""
    return "en" if (get_language() or "").startswith("en") else "zh"


def findings_of(decision: Decision, *, language: Language) -> Findings:
    """Explain what every rule answered."""
    decided_by = book_of_decision(decision.book_digest)
    rows = [finding_from_row(row) for row in decision.findings]
    answers = answers_from_text(decision.answers).items()
    allowed = [Finding(rule_id=key, answer=ALLOW) for key, v in answers if v is ALLOW.verdict]
    apart = [
        Finding(rule_id=key, answer=NOT_APPLICABLE)
        for key, v in answers
        if v is NOT_APPLICABLE.verdict
    ]
    objections, allows, others = (
        [explain(finding=finding, book=decided_by, language=language) for finding in group]
        for group in (rows, allowed, apart)
    )
    return Findings(objections=objections, allowed=allows, not_applicable=others)


def facts_intact(decision: Decision) -> bool:
    """Return whether the stored facts are still those that the digest was made of."""
    return hashlib.sha256(bytes(decision.facts)).digest() == bytes(decision.facts_digest)


def edition_named(decision: Decision) -> EditionNamed | None:
    """Return which edition decided; None if this database does not know the book."""
    row = edition_of_book(decision.book_digest)
    if row is not None:
        since = row.effective_from if row.proposer_id else None
        return EditionNamed(pack=row.pack_id, version=row.version, since=since, page=row.pk)
    shipped = book()
    if decision.book_digest != shipped.digest:
        return None
    return EditionNamed(pack=shipped.id, version=shipped.version, since=None, page=None)


def same_book(decision: Decision) -> bool:
    """Return whether the decision was made by the book that explains it now."""
    return decision.book_digest == book_of_decision(decision.book_digest).digest


def traces(
    *, decision: Decision, permit: Permit | None, attempt: Attempt | None, language: Language
) -> Sequence[Trace]:
    """Return what the audit trail says of a decision, its permit and its call, in order."""
    entries = list(trail.entries(obj=f"decision:{decision.pk}")[:ENTRIES])
    if permit is not None:
        entries += trail.entries(obj=f"permit:{permit.pk}")[:ENTRIES]
    if attempt is not None:
        entries += trail.entries(obj=f"attempt:{attempt.pk}")[:ENTRIES]
        recording = getattr(attempt, "recording", None)
        if recording is not None:
            entries += trail.entries(obj=f"recording:{recording.pk}")[:ENTRIES]
    return [
        Trace(entry=entry, said=_said(entry.action, language))
        for entry in sorted(entries, key=lambda entry: entry.pk)
    ]


def _said(action: str, language: Language) -> str:
    known = BY_NAME.get(action)
    if known is None:
        return action
    return known.zh if language == "zh" else known.en
