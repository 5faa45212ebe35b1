"""A refusal is lifted. Subject: the key of the request that the first person made."""

from datetime import datetime

from compliance.models import LiftRequest, User
from compliance.services.refusal_lift import LiftRefusedError, refusal_lift_approve
from console.approvals.kind import DECIDERS, CannotCarryOutError, Kind, Shown, Subject


class RefusalLifting(Kind):
    """Wraps `refusal_lift_approve`; the database checks consent and people once more."""

    code, zh, en = "refusal_lift", "解除拒绝", "Lift a refusal"
    proposers = DECIDERS

    def shown(self, subject: Subject) -> Shown:
        """Return the refusal, and the consent that is to lift it."""
        request = _request(subject)
        return Shown(
            rows=(
                ("拒绝", "Refusal", str(request.refusal)),
                ("登记时间", "Recorded at", request.refusal.recorded_at),
                ("同意", "Consent", str(request.consent)),
                ("同意时间", "Agreed at", request.consent.given_at),
                ("申请人", "Asked by", str(request.requested_by)),
            )
        )

    def approve(self, subject: Subject, by: User, now: datetime) -> None:
        """Lift it."""
        try:
            refusal_lift_approve(request=_request(subject), by=by, now=now)
        except LiftRefusedError as error:
            raise CannotCarryOutError(
                "拒绝仍然有效：该同意不足以解除，或经办人无权办理。",
                "The refusal stands: the consent does not lift it, or the account may not.",
            ) from error


def _request(subject: Subject) -> LiftRequest:
    requests = LiftRequest.objects.select_related("refusal", "consent", "requested_by")
    return requests.get(pk=int(subject.id))  # nosec B113
