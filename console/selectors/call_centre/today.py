"""The call centre at a glance: who can be called, with what, and what stands in the way."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from compliance.models import CampaignFiling, Complaint, KillSwitch, Suspension, User
from compliance.selectors.clock_due import Due
from compliance.selectors.clocks import clocks
from compliance.selectors.complaints import complaints_for, still_open
from compliance.selectors.sealing import SealingNow, sealing_now
from console.models import Approval
from console.selectors.floor import Seats, TrunkNow, seats_now, trunks_now
from console.selectors.frame.approvals import waiting_for
from console.selectors.waterfall import EMPTY, Waterfall, waterfalls
from dialer.models import Campaign

SHOWN = 8  # clocks that stop calls; the rest is a number
SOON_DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """What the home page of supervisors and administrators shows."""

    at: datetime
    running: Waterfall  # of the campaigns that are active, together
    campaigns: Sequence[tuple[Campaign, Waterfall]]
    drafts: int  # registered, and nobody has activated them
    seats: Seats
    trunks: Sequence[TrunkNow]
    complaints: QuerySet[Complaint] | None  # open ones; None: not for this reader
    suspensions: int
    approvals: QuerySet[Approval]
    switches: Sequence[KillSwitch]
    sealing: SealingNow

    @property
    def now(self) -> int:
        """Return how many people may be asked for now."""
        return self.running.ready + self.running.calling

    @property
    def later(self) -> int:
        """Return how many wait for an hour, a cap or their next try."""
        return self.running.hours + self.running.caps + self.running.later

    @property
    def never(self) -> int:
        """Return how many a rule refuses until something changes."""
        return self.running.consent + self.running.refusal + self.running.order

    @property
    def lines_up(self) -> int:
        """Return how many lines answer."""
        return sum(trunk.state == "up" for trunk in self.trunks)

    @property
    def store_answers(self) -> bool:
        """Return whether the message store told anything about the lines."""
        return all(trunk.state != "unknown" for trunk in self.trunks)

    @property
    def healthy(self) -> bool:
        """Return whether the gate can say yes to anybody."""
        return (
            self.sealing.state != "stopped"
            and not any(one.scope == KillSwitch.Scope.PLATFORM for one in self.switches)
            and self.lines_up > 0
        )


def today(*, reader: User, now: datetime) -> Today:
    """Read it once."""
    rows = Campaign.objects.select_related("filing__principal").order_by("pk")
    active, counted = CampaignFiling.State.ACTIVE, waterfalls(now=now)
    campaigns = [(one, counted.get(one.pk, EMPTY)) for one in rows.filter(filing__state=active)]
    return Today(
        at=now,
        running=sum((fall for _, fall in campaigns), EMPTY),
        campaigns=campaigns,
        drafts=rows.filter(filing__state=CampaignFiling.State.DRAFT).count(),
        seats=seats_now(campaign_id=None, now=now),
        trunks=trunks_now(),
        complaints=_complaints(reader),
        suspensions=Suspension.objects.filter(resumption=None).count(),
        approvals=waiting_for(reader),
        switches=list(KillSwitch.objects.filter(released_at=None).order_by("engaged_at")),
        sealing=sealing_now(now=now),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopping:
    """Clocks that stop calls, or soon will."""

    overdue: Sequence[Due]
    soon: Sequence[Due]


def stopping_clocks(*, now: datetime) -> Stopping:
    """Return those that are over, and those that will be within thirty days."""
    stopping = [due for due in clocks(now=now) if due.stops_calls]
    soon = [due for due in stopping if not due.overdue and _days(due, now) <= SOON_DAYS]
    return Stopping(overdue=[due for due in stopping if due.overdue][:SHOWN], soon=soon[:SHOWN])


def _days(due: Due, now: datetime) -> int:
    return (due.due_on - now.date()).days


def _complaints(reader: User) -> QuerySet[Complaint] | None:
    may = reader.role in (User.Role.ADMINISTRATOR, User.Role.COMPLIANCE)
    return still_open(complaints_for(reader)) if may else None
