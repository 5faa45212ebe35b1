"""Permits spent, INVITEs sent and the carrier's own count: three numbers that must be equal."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Q

from compliance.models import Permit
from console.selectors.witness import witnessed
from dialer.models import Attempt

SPENT = (Permit.State.REDEEMED, Permit.State.CLOSED)
# The decisions behind each count of ours, by what became of their permits.
BECAME: Mapping[str, Q] = {
    "used": Q(permit__state__in=SPENT),
    "sent": Q(permit__attempt__isnull=False) & ~Q(permit__attempt__call_id=""),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """The three counts since this database began."""

    redeemed: int
    sent: int
    leaving: int  # permits spent a moment ago whose INVITE is being sent
    never_left: int  # permits spent on calls that the line turned away before any INVITE
    seen: int | None  # None: no carrier shares its records here
    unpermitted: int

    @property
    def verdict(self) -> str:
        """Return equal, settling, never_left, differ or unpermitted."""
        if self.unpermitted:
            return "unpermitted"
        unsent = self.redeemed - self.sent
        if unsent == 0 and self.seen in (None, self.sent):
            return "equal"
        if self.leaving and 0 <= unsent <= self.leaving + self.never_left:
            return "settling"
        same_wire = self.seen in (None, self.sent)
        return "never_left" if same_wire and unsent == self.never_left else "differ"


def wire() -> Wire:
    """Count the three sides, ours before the witness's so that a call under way looks missing."""
    redeemed = Permit.objects.filter(state__in=SPENT).count()
    calls = Attempt.objects.aggregate(
        sent=Count("pk", filter=~Q(call_id="")),
        leaving=Count("pk", filter=Q(call_id="", ended_at=None)),
        never_left=Count("pk", filter=Q(call_id="", ended_at__isnull=False)),
    )
    seen = witnessed()
    return Wire(
        redeemed=redeemed,
        **calls,
        seen=seen.invites if seen else None,
        unpermitted=seen.unpermitted if seen else 0,
    )
