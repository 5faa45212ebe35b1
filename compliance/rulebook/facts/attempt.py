"""Earlier permits for the same person."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptFacts:
    """One earlier permit for the callee; a permit counts whether or not the phone rang."""

    at: datetime
    same_principal: bool
    purpose: str
    open: bool  # issued and unexpired, or redeemed with no outcome yet
    rang: bool  # it was redeemed
    answered: bool
    conversation: bool  # answered and talked through, not an early hang-up
    abandoned: bool  # answered, and no agent was there in time
    rejected: bool  # turned away while ringing: busy, or declined
    consent_id: int  # the consent that carried it
