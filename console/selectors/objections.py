"""Which rules stopped calls today, and how often."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from compliance.books import book as shipped_book
from compliance.editions import book_to_show
from compliance.rulebook.book import Book
from compliance.rulebook.decision import Language

_BY_RULE = """
SELECT rule, count(*), count(DISTINCT d.person_id)
  FROM compliance_decision d, jsonb_array_elements_text(d.objecting_rules) rule
 WHERE d.kind = 'permit' AND d.at >= %(start)s AND d.at < %(end)s
   AND (%(filing)s::bigint IS NULL OR d.filing_id = %(filing)s)
 GROUP BY rule ORDER BY count(*) DESC, rule
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """How often one rule objected."""

    rule_id: str
    title: str
    decisions: int
    people: int
    share: int  # of the rule that objected most, 0..100


def day_of(at: datetime) -> tuple[datetime, datetime]:
    """Return when the local day of `at` begins and ends."""
    start = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    return start, start + timedelta(days=1)


def objections_today(
    *, filing_id: int | None, language: Language, now: datetime
) -> Sequence[Objection]:
    """Return the rules that deferred or refused a call today, the most frequent first."""
    start, end = day_of(now)
    with connection.cursor() as cursor:
        cursor.execute(_BY_RULE, {"start": start, "end": end, "filing": filing_id})
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    book = book_to_show(now)
    most = max((count for _, count, _ in rows), default=0)
    return [
        Objection(
            rule_id=rule,
            title=title_of(rule, language, book=book),
            decisions=count,
            people=people,
            share=max(1, round(100 * count / most)),
        )
        for rule, count, people in rows
    ]


def title_of(rule_id: str, language: Language, *, book: Book | None = None) -> str:
    """Return a rule's title in the reader's language; its id if the book does not know it."""
    rule = (book or shipped_book()).rule(rule_id)
    if rule is None:
        return rule_id
    return rule.title_zh if language == "zh" else rule.title_en
