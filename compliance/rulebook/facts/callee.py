"""Who is called, and what the person has agreed to, refused and asked for."""

from dataclasses import dataclass
from datetime import date, datetime


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
class ChosenTimeFacts:
    """When the person asked this principal to call."""

    from_at: datetime
    until_at: datetime
