"""A campaign's filing: what is said, to whom, and how it has gone so far."""

from dataclasses import dataclass
from datetime import date, datetime

from compliance.rulebook.facts.line import CallerFacts, TrunkFacts
from compliance.rulebook.facts.parties import (
    DeploymentFacts,
    DocumentFacts,
    LicenceFacts,
    MandateFacts,
)
from compliance.rulebook.facts.suspension import SuspensionFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptFacts:
    """The approved wording that the campaign was filed with."""

    sha256: str  # of the text that was approved
    intact: bool  # the text on record still has that digest
    for_principal: bool  # approved for the campaign's principal …
    for_purpose: bool  # … and for its purpose
    author: int  # account ids
    approver: int
    faults: tuple[str, ...] | None  # what the lint finds in it today; None: it cannot be read


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFacts:
    """One contact list from which the campaign's leads come."""

    id: int
    state: str  # open, held, frozen, retired
    cause: str  # what stopped it: the rule's number, such as LST-10; "" while it is open
    same_principal: bool
    same_purpose: bool  # no campaign of another purpose takes its leads
    collected_on: date  # the day of its oldest row, or the day on which it was declared


@dataclass(frozen=True, slots=True, kw_only=True)
class AbandonmentFacts:
    """Calls of a campaign that people answered, and those that found no agent there."""

    answered_day: int  # in the last 24 hours; an abandoned call was answered too
    abandoned_day: int
    answered_month: int  # in the last 30 days
    abandoned_month: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelFacts:
    """The newest test of one channel by which a person can say no or withdraw."""

    channel: str
    alive: bool
    tested_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalListFacts:
    """A do-not-call list that somebody else keeps and that binds the filing's industry."""

    code: str
    version: str  # of its newest edition
    as_of: datetime | None  # None: no edition was ever read


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingFacts:
    """A campaign's filing and the parties behind it: enough to judge its registration."""

    at: datetime  # UTC
    regime: str | None  # b24_operator, self_use, carrier_agent
    licence: LicenceFacts | None
    purpose: str  # P1 … P7
    industry: str
    script_offers: bool | None  # the approved script sells something; None: no approved script
    sensitive_data: bool | None  # sensitive personal information is used in the talk
    missing_elements: tuple[str, ...]  # of the plan's seven filing elements
    author: int | None  # account ids
    approver: int | None  # None until a second person has activated the campaign
    state: str  # draft, active, paused, closed
    mandate: MandateFacts | None
    contracts_ended: tuple[date, ...] | None  # whose data nobody has certified to be gone
    trunk: TrunkFacts | None
    caller: CallerFacts | None
    complaints_due: tuple[date, ...] | None  # last days of the open complaints about it
    suspensions: tuple[SuspensionFacts, ...] | None  # also those that ended
    script: ScriptFacts | None
    lists: tuple[ListFacts, ...] | None
    robot: bool  # a machine speaks, not an agent
    says_machine: bool  # the script opens by saying that a machine speaks
    takes_refusal: bool  # the script offers key 9
    offers_person: bool  # the script offers to put a person on
    renews_policies: bool  # the filing or its script speaks of renewing an insurance
    abandonment: AbandonmentFacts | None
    channels: tuple[ChannelFacts, ...] | None
    external_lists: tuple[ExternalListFacts, ...] | None
    documents: tuple[DocumentFacts, ...]
    deployment: DeploymentFacts | None
