"""Write down what came of a permit, as the ledger that caps and pauses are counted from."""

from datetime import datetime
from uuid import UUID

from compliance.models import Permit


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
