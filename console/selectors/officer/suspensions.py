"""What is suspended, and what was: the newest first."""

from collections.abc import Sequence
from dataclasses import dataclass

from compliance.models import Suspension

ON_A_PAGE = 30
LONGEST_KEY = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspensionsPage:
    """One page of suspensions, and where the next one begins."""

    rows: Sequence[Suspension]
    after: int | None
    standing: int
    ended: int


def suspensions_page(*, ended: bool, after: str) -> SuspensionsPage:
    """Return the suspensions that stand, or those that ended."""
    every = Suspension.objects.select_related("filing", "seat", "trunk", "principal", "resumption")
    rows = every.filter(resumption__isnull=not ended).order_by("-pk")
    if after.isascii() and after.isdecimal() and len(after) <= LONGEST_KEY:
        rows = rows.filter(pk__lt=int(after))
    found = list(rows.prefetch_related("reports__approvals")[: ON_A_PAGE + 1])
    more = len(found) > ON_A_PAGE
    return SuspensionsPage(
        rows=found[:ON_A_PAGE],
        after=found[ON_A_PAGE - 1].pk if more else None,
        standing=Suspension.objects.filter(resumption=None).count(),
        ended=Suspension.objects.exclude(resumption=None).count(),
    )
