"""The records that decide who may be called, when and on whose behalf."""

from compliance.models.consent import Consent
from compliance.models.decision import Decision
from compliance.models.filing import CampaignFiling, ContactList, ScriptVersion, Whitelist
from compliance.models.lines import CallerNumber, Trunk
from compliance.models.parties import Licence, Mandate, Operator, Principal
from compliance.models.permit import Permit
from compliance.models.person import Person
from compliance.models.refusal import Refusal
from compliance.models.seat import Seat
from compliance.models.stop import DemoClock, Epoch, KillSwitch
from compliance.models.user import User

__all__ = [
    "CallerNumber",
    "CampaignFiling",
    "Consent",
    "ContactList",
    "Decision",
    "DemoClock",
    "Epoch",
    "KillSwitch",
    "Licence",
    "Mandate",
    "Operator",
    "Permit",
    "Person",
    "Principal",
    "Refusal",
    "ScriptVersion",
    "Seat",
    "Trunk",
    "User",
    "Whitelist",
]
