"""Everything that the rules may know about one call.

No field has a default: a fact that nobody looked up cannot be constructed. `None` means "we
asked and could not find out", and every rule that needs the fact refuses on it.
"""

from compliance.rulebook.facts.attempt import AttemptFacts
from compliance.rulebook.facts.call import CallFacts, HealthFacts
from compliance.rulebook.facts.callee import (
    CalleeFacts,
    ChosenTimeFacts,
    ConsentFacts,
    LiftFacts,
    RefusalFacts,
)
from compliance.rulebook.facts.day import CalendarFacts, QuietFacts
from compliance.rulebook.facts.filing import (
    AbandonmentFacts,
    ChannelFacts,
    ExternalListFacts,
    FilingFacts,
    ListFacts,
    ScriptFacts,
)
from compliance.rulebook.facts.line import CallerFacts, LineFacts, TrunkFacts
from compliance.rulebook.facts.parties import (
    DeploymentFacts,
    DocumentFacts,
    LicenceFacts,
    MandateFacts,
)
from compliance.rulebook.facts.seat import OutletFacts, SeatFacts
from compliance.rulebook.facts.suspension import ResumeFacts, SuspensionFacts
from compliance.rulebook.facts.use import UseFacts

PURPOSES = ("P1", "P2", "P3", "P4", "P5", "P6", "P7")
ATTEMPT_DAYS = 60  # how far back `CallFacts.attempts` must reach: a 30-day run and its 30-day rest
REJECTED_DAYS = 180  # the same for calls turned away: two within 90 days and 90 days of rest

__all__ = [
    "ATTEMPT_DAYS",
    "PURPOSES",
    "REJECTED_DAYS",
    "AbandonmentFacts",
    "AttemptFacts",
    "CalendarFacts",
    "CallFacts",
    "CalleeFacts",
    "CallerFacts",
    "ChannelFacts",
    "ChosenTimeFacts",
    "ConsentFacts",
    "DeploymentFacts",
    "DocumentFacts",
    "ExternalListFacts",
    "FilingFacts",
    "HealthFacts",
    "LicenceFacts",
    "LiftFacts",
    "LineFacts",
    "ListFacts",
    "MandateFacts",
    "OutletFacts",
    "QuietFacts",
    "RefusalFacts",
    "ResumeFacts",
    "ScriptFacts",
    "SeatFacts",
    "SuspensionFacts",
    "TrunkFacts",
    "UseFacts",
]
