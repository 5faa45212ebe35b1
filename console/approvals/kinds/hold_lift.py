"""A legal hold is lifted by two people. Subject: the hold's key; the reason goes with it."""

from datetime import datetime

from audit.models import AuditLegalHold
from audit.services.legal_hold import HoldError, hold_lift
from compliance.models import User
from console.approvals.kind import DECIDERS, CannotCarryOutError, Kind, Shown, Subject


class HoldLifting(Kind):
    """Wraps `hold_lift`."""

    code, zh, en = "hold_lift", "解除法律保全", "Lift a legal hold"
    proposers = DECIDERS

    def shown(self, subject: Subject) -> Shown:
        """Return the hold, and why it may go."""
        hold = AuditLegalHold.objects.get(pk=int(subject.id))
        return Shown(
            rows=(
                ("期间", "Days", f"{hold.since} – {hold.until}"),
                ("设定原因", "Placed because", hold.reason),
                ("设定时间", "Placed", hold.placed_at),
                ("解除原因", "Lifted because", str(subject.asked.get("reason", ""))),
            )
        )

    def approve(self, subject: Subject, by: User, now: datetime) -> None:
        """Lift it."""
        try:
            hold_lift(
                hold_id=int(subject.id),
                by=f"u:{subject.proposer.pk}",
                second=f"u:{by.pk}",
                reason=str(subject.asked.get("reason", "")),
                now=now,
            )
        except HoldError as error:
            raise CannotCarryOutError("该保全不能解除。", "The hold cannot be lifted.") from error
