"""Everything that the rules may know about one call.

No field has a default: a fact that nobody looked up cannot be constructed. `None` means "we
asked and could not find out", and every rule that needs the fact refuses on it.
"""

from dataclasses import dataclass
from datetime import date, datetime

PURPOSES = ("P1", "P2", "P3", "P4", "P5", "P6", "P7")
ATTEMPT_DAYS = 60  # how far back `CallFacts.attempts` must reach: a 30-day run and its 30-day rest
REJECTED_DAYS = 180  # the same for calls turned away: two within 90 days and 90 days of rest


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceFacts:
    """The operator's licence for call-centre business (B24)."""

    kind: str
    valid_from: date
    expires_on: date
    holder_is_operator: bool
    area: tuple[str, ...]  # ISO 3166-2 provinces, or "CN" for the whole country


@dataclass(frozen=True, slots=True, kw_only=True)
class MandateFacts:
    """The principal's written mandate to the operator."""

    valid_from: date
    valid_until: date
    has_contract: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TrunkFacts:
    """The trunk's row in the line ledger 语音线路台账."""

    kind: str  # "carrier" or "loopback"
    active: bool
    missing: tuple[str, ...]  # names of empty ledger fields
    entity_is_operator: bool
    sub_leased: bool
    permitted_purposes: tuple[str, ...]
    reviewed_on: date
    max_calls: int
    barred_provinces: tuple[str, ...]  # where its carrier takes no calls, besides the pack's
    access_province: str  # ISO 3166-2; "" is unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerFacts:
    """The filed caller number that the campaign shows."""

    number: str  # a business number, not personal data
    number_class: str
    holder_is_operator: bool
    callout_opened: bool
    valid_from: date
    certificate_until: date
    on_trunk: bool  # the line ledger permits the number on the campaign's trunk
    numbers_of_campaign: int
    letters: tuple[str, ...]  # kinds of commitment letters whose scope lists the number
    unfiled: tuple[date, ...]  # last day on which each change may still be without its receipt
    called_back_on: date | None  # the newest test call to the number
    call_back_works: bool  # … reached an answer that names the principal and takes a refusal
    in_use_since: date  # the principal's first filing with the number
    others_marked_on: tuple[date, ...]  # the newest mark on another number of the principal
    replaces: bool  # it takes the place of another number for the same purpose
    change_approved: bool  # … for a reason that a second person approved


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentFacts:
    """One industry licence or filing of the principal that was not revoked."""

    kind: str
    valid_from: date
    valid_until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentFacts:
    """What the signed deployment pack says, if its signature holds."""

    operator_matches: bool  # it names the operator on record
    regime: str
    data_location: str  # ISO 3166 code of the country that holds the records
    abroad: tuple[str, ...]  # services that hold or process records elsewhere
    rents_seats: bool  # to third parties


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeFacts:
    """How a suspension ended: a corrective report, and the people who approved it."""

    author: int  # account ids
    approvers: tuple[int, ...]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspensionFacts:
    """One suspension that complaints have brought on the campaign, its line or its principal."""

    scope: str  # campaign, line, principal
    cause: str  # rate, day, year, overdue, chain
    since: datetime
    until: datetime | None  # nobody may end it before then; None: a report is enough
    resumed: ResumeFacts | None  # None: it stands


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


@dataclass(frozen=True, slots=True, kw_only=True)
class CalleeFacts:
    """The number to be called; the number itself only as a keyed digest."""

    digest: str
    number_class: str
    provinces: tuple[str, ...]  # every place the callee may be in: ISO 3166-2, "CN-*" for anywhere
    canary: bool | None  # one of the platform's own numbers, which nobody can lawfully hold
    age_group: str  # under_14, under_18; "" where nobody knows the person to be a minor
    places_version: str  # the prefix data behind `provinces`
    protected: bool | None  # a hospital's, school's, authority's or hotline's: never called
    vacant_at: datetime | None  # when the number was last known to be nobody's, or handed over
    checked_at: datetime | None  # when somebody last made sure whose the number is
    external_lists: tuple[str, ...] | None  # codes of others' do-not-call lists with the number


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentFacts:
    """One consent (or contract basis) of the callee towards the campaign's principal."""

    id: int
    basis: str  # consent, contract, legal_duty, debt_contract
    purpose: str
    channel: str  # voice
    explicit: bool
    evidenced: bool  # text, time, method and proof hash are all there
    on_whitelist: bool  # it is on the whitelist that the campaign was filed with
    form_reviewed: bool  # a second person reviewed the text that was shown, for this purpose
    sample: str  # of the list it came with: passed, failed, or missing
    ai_allowed: bool  # separate consent to a machine's voice
    sensitive_allowed: bool  # separate consent to the use of sensitive personal information
    requested: bool  # an event is on record by which the person asked to be called back
    given_at: datetime
    expires_at: datetime | None
    withdrawn_at: datetime | None
    policy_ends_on: date | None  # the insurance that the person may be asked to renew


@dataclass(frozen=True, slots=True, kw_only=True)
class LiftFacts:
    """How a refusal was lifted: only the person's own later consent and two people can."""

    consent_given_at: datetime
    outside_a_call: bool
    approvers: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalFacts:
    """One refusal of the callee, whoever it was said to."""

    id: int
    at: datetime
    source: str
    everywhere: bool
    same_principal: bool
    same_industry: bool
    purpose: str | None  # None: every purpose
    lift: LiftFacts | None


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


@dataclass(frozen=True, slots=True, kw_only=True)
class UseFacts:
    """How much of a rolling window's cap is used."""

    count: int
    oldest_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutletFacts:
    """Where the seat is."""

    active: bool
    inspected_on: date | None
    seats: int  # active ones
    links: tuple[str, ...]  # kinds of unexplained links with other outlets
    held: bool  # by two people of compliance


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatFacts:
    """The seat that will talk, who is in it, and what it has used of its caps."""

    id: int
    active: bool
    overruled: int  # calls whose refusal stood against what the agent wrote
    named: bool  # one real person with a verified staff record
    trained_on: date | None  # the newest certificate
    points: tuple[datetime, ...]  # when each sanction point was given, oldest first
    outlet: OutletFacts
    open_permits: int
    hour: UseFacts
    day: UseFacts  # rolling 24 hours
    ready_at: datetime | None  # the agent's last press of "ready"
    on_duty_since: datetime | None  # since when the agent has had no break
    last_rang_at: datetime | None  # None: no call of the last 24 hours rang
    last_talk_ended_at: datetime | None  # end of the last of them that somebody answered


@dataclass(frozen=True, slots=True, kw_only=True)
class LineFacts:
    """What is used of the caller number's and the trunk's caps."""

    caller_day: UseFacts  # rolling 24 hours
    trunk_open_permits: int
    robot_open_permits: int  # of all robot campaigns; counted for a robot campaign's call only


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenTimeFacts:
    """When the person asked this principal to call."""

    from_at: datetime
    until_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietFacts:
    """Days on which nobody in some provinces is called: an examination, mourning, a disaster."""

    id: int
    first_day: date
    last_day: date
    provinces: tuple[str, ...]  # ISO 3166-2; "CN-*" for everywhere


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarFacts:
    """Kinds of days from the State Council's notices, and the quiet days that were declared."""

    version: str  # the library, and the digest of every year that two people approved
    first_day: date  # local day of the first letter
    days: str  # one letter a day: w workday, o off-day, ? a year without a notice
    quiet: tuple[QuietFacts, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthFacts:
    """Whether what the decision stands on works right now."""

    clock_skew_ms: int | None  # between the asking host and the database
    clock_kind: str  # system, or demo
    carrier_trunks: int | None  # trunks that reach a real carrier
    audit_writable: bool | None
    ledger_readable: bool | None
    stopped: tuple[str, ...]  # scopes of the kill switches that cover this call


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFacts:
    """All facts about one call that somebody wants to place now."""

    at: datetime  # UTC
    filing: FilingFacts
    callee: CalleeFacts
    whitelist_version: int | None  # None: the campaign was filed without a whitelist
    consents: tuple[ConsentFacts, ...] | None
    refusals: tuple[RefusalFacts, ...] | None
    attempts: tuple[AttemptFacts, ...] | None  # platform-wide, ATTEMPT_DAYS back
    chosen_times: tuple[ChosenTimeFacts, ...] | None  # the person's last wish; mostly empty
    seat: SeatFacts | None
    line: LineFacts | None
    calendar: CalendarFacts | None
    health: HealthFacts
