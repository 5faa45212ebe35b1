"""Decisions, newest first, narrowed by what a reader asks for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from compliance.models import Decision
from console.selectors.decisions_narrowed import narrowed
from console.selectors.decisions_wanted import Wanted

ON_A_PAGE = 30
LATEST = 10_000  # decisions that are looked through by time before an index is asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of decisions and where the next one begins."""

    decisions: Sequence[Decision]
    after: UUID | None  # the last decision shown, if there are more


def after_from(text: str) -> UUID | None:
    """Read where a page begins."""
    try:
        return UUID(text)
    except ValueError:
        return None


def decisions_page(*, wanted: Wanted, after: UUID | None, now: datetime) -> Page:
    """Return the decisions after `after`, or the newest."""
    rows = narrowed(wanted, now)
    last = (
        Decision.objects.filter(pk=after).values_list("at", flat=True).first() if after else None
    )
    if last is not None and after is not None:
        # (at, id) < (last, after), in the form that an index on `at` can serve
        rows = rows.filter(at__lte=last).filter(Q(at__lt=last) | Q(pk__lt=after))
    found = _newest(rows, wanted, last)
    more = len(found) > ON_A_PAGE
    return Page(decisions=found[:ON_A_PAGE], after=found[ON_A_PAGE - 1].pk if more else None)


def _newest(rows: QuerySet[Decision], wanted: Wanted, last: datetime | None) -> Sequence[Decision]:
    """Return the newest rows, looking first among the latest decisions of all.

    A rule or a seat that is often met is found there at once, by time. One that is rare is not:
    then all of its decisions are taken by an index of their own, however few there are, and put
    in order. The planner cannot know which it is: it takes every rule for equally frequent.
    """
    whole = rows.select_related("filing", "person", "seat", "permit__attempt")
    whole = whole.defer("facts", "findings", "answers").order_by("-at", "-pk")
    if wanted.rule or wanted.seat or wanted.campaign:
        edge = _edge(last or wanted.until)
        if edge is not None:
            latest = list(whole.filter(at__gte=edge)[: ON_A_PAGE + 1])
            if len(latest) > ON_A_PAGE:
                return latest
    if not wanted.rule or wanted.answer == Decision.Verdict.ALLOW:
        return list(whole[: ON_A_PAGE + 1])
    ids = _by_index(rows)
    return list(whole.filter(pk__in=ids)) if ids else []


def _edge(last: datetime | None) -> datetime | None:
    """Return when the decision was made that has `LATEST` after it, before `last`."""
    rows = Decision.objects.order_by("-at").values_list("at", flat=True)
    if last is not None:
        rows = rows.filter(at__lte=last)
    return next(iter(rows[LATEST : LATEST + 1]), None)


def _by_index(rows: QuerySet[Decision]) -> Sequence[UUID]:
    """Return the newest of all rows that match, gathered before they are put in order."""
    sql, params = rows.order_by().values("id", "at").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH matching AS MATERIALIZED ({sql})"  # noqa: S608 - Django's own  # nosec B608
            f" SELECT id FROM matching ORDER BY at DESC, id DESC LIMIT {ON_A_PAGE + 1}",
            params,
        )
        return [one for (one,) in cursor.fetchall()]
