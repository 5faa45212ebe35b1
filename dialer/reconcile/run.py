"""One reconciliation from reading to record: what the command, the schedule and the demo call."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from dialer.models import TrunkEndpoint
from dialer.reconcile.comparison import Comparison, Span, compare
from dialer.reconcile.ledger import sent_calls, spent_permits
from dialer.reconcile.witness_csv import Witness

TOLERANCE = timedelta(seconds=5)  # between two clocks, and on the way


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """What was held against what, and what came of it."""

    span: Span
    tolerance: timedelta
    witnesses: tuple[Witness, ...]
    found: Comparison


def reconcile(
    *, span: Span, witnesses: Sequence[Witness], tolerance: timedelta = TOLERANCE
) -> Reconciliation:
    """Compare; nothing is written."""
    wide = span.widened(tolerance)
    line = sent_calls(wide)
    found = compare(
        permits=spent_permits(wide, line),
        line=line,
        witnesses={one.kind: [seen for seen in one.seen if wide.holds(seen)] for one in witnesses},
        span=span,
        tolerance=tolerance,
        covers={one.kind: one.covers for one in witnesses if one.covers is not None},
    )
    return Reconciliation(span=span, tolerance=tolerance, witnesses=tuple(witnesses), found=found)


def carriers() -> frozenset[str]:
    """Return the addresses from which calls come to us, not from us."""
    return frozenset(TrunkEndpoint.objects.values_list("host", flat=True))
