"""Decisions, newest first, narrowed by what a reader asks for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from compliance.models import Decision
from console.selectors.decisions_found import newest
from console.selectors.decisions_narrowed import narrowed
from console.selectors.decisions_wanted import Wanted

ON_A_PAGE = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of decisions and where the next one begins."""

    decisions: Sequence[Decision]
    after: UUID | None  # the last decision shown, if there are more
    looked_to: datetime | None = None  # from where on nothing was looked through, if not all was
    earlier: Wanted | None = None  # to go on from there


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
    found, edge = newest(rows, wanted, last=last, most=ON_A_PAGE + 1, now=now)
    more = len(found) > ON_A_PAGE
    return Page(
        decisions=found[:ON_A_PAGE],
        after=found[ON_A_PAGE - 1].pk if more else None,
        looked_to=edge,
        earlier=replace(wanted, until=edge) if edge else None,
    )
