"""Write down what came of a permit, as the ledger that caps and pauses are counted from."""

from datetime import datetime
from uuid import UUID

from compliance.ledger_time import ledger_now
from compliance.models import NumberEvent, Permit
from compliance.services.abandonment_measure import ABANDONED, abandonment_measure

NOBODYS = "invalid_number"  # dialer.lines.base.Outcome: the carrier says 空号


class PermitNotUpError(Exception):
    """The permit has no call that could end: it was never redeemed, or is closed already."""


def permit_close(*, permit_id: UUID, result: str, talk_seconds: int, ended_at: datetime) -> None:
    """Close a redeemed permit with its outcome; the caller's transaction records the call.

    :raises PermitNotUpError: unless the permit's call was up
    """
    up = Permit.objects.filter(pk=permit_id, state=Permit.State.REDEEMED)
    closed = up.update(
        state=Permit.State.CLOSED, result=result, talk_seconds=talk_seconds, ended_at=ended_at
    )
    if closed != 1:
        raise PermitNotUpError(f"Permit {permit_id} has no call that could end.")
    if result == NOBODYS:
        # A line's clock that is ahead must not keep its call from being closed.
        _nobodys(permit_id, min(ended_at, ledger_now()))
    if result == ABANDONED:  # counted at once: the campaign stops whether or not a sweep runs
        filing_id = Permit.objects.values_list("filing_id", flat=True).get(pk=permit_id)
        abandonment_measure(filing_id=filing_id, now=ended_at)


def _nobodys(permit_id: UUID, at: datetime) -> None:
    """Keep what the carrier said; whoever has the number next has agreed to nothing."""
    person_id = Permit.objects.values_list("person_id", flat=True).get(pk=permit_id)
    NumberEvent.objects.create(
        person_id=person_id,
        kind=NumberEvent.Kind.EMPTY,
        at=at,
        source=f"permit:{permit_id}",
        recorded_at=at,
    )
