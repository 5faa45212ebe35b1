"""What can come of trying to launch a call."""

from dataclasses import dataclass
from enum import StrEnum

from compliance.models import Permit


class Launch(StrEnum):
    """What came of asking."""

    PERMITTED = "permitted"
    SEAT_TAKEN = "seat_taken"
    LEAD_TAKEN = "lead_taken"
    SEAT_CAPPED = "seat_capped"
    CAMPAIGN_STOPPED = "campaign_stopped"  # nothing of this campaign can be called now
    LEAD_DEFERRED = "lead_deferred"
    LEAD_BLOCKED = "lead_blocked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Launched:
    """One try to launch a call."""

    what: Launch
    permit: Permit | None
