"""What waits for the reader's decision, what they asked for, and what was decided."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from compliance.models import User
from console.models import Approval

MOST = 100  # of each list
DECIDED = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """The three lists of the page."""

    waiting: Sequence[Approval]
    own: Sequence[Approval]
    decided: Sequence[Approval]


def listed(*, reader: User) -> Listed:
    """Return them, each read with one query."""
    rows = Approval.objects.select_related("proposer")
    own = rows.filter(proposer=reader, state=Approval.State.OPEN).order_by("-pk")[:MOST]
    closed = rows.exclude(state=Approval.State.OPEN).filter(roles__contains=[reader.role])
    return Listed(
        waiting=list(waiting_for(reader).select_related("proposer").order_by("pk")[:MOST]),
        own=list(own),
        decided=list(closed.order_by("-pk")[:DECIDED]),
    )


def waiting_for(reader: User) -> QuerySet[Approval]:
    """Return what this person may still decide, as far as accounts tell."""
    others = Approval.objects.filter(state=Approval.State.OPEN, roles__contains=[reader.role])
    return others.exclude(proposer=reader).exclude(votes__by=reader)
