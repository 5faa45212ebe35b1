"""What a ground for a call must meet, one step after the other.

Every rule about consents looks at the same steps in the same order, and asks whether any consent
got past its own step, so that two half-good consents never add up to a good one; the first step
that none passes is the one that objects.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

from compliance.rulebook.decision import ALLOW, NOT_APPLICABLE, Answer, Reason, refuse
from compliance.rulebook.facts import (
    PURPOSES,
    AttemptFacts,
    CallFacts,
    ConsentFacts,
    RefusalFacts,
)
from compliance.rulebook.stated import Stated, names, whole
from compliance.rulebook.unknowns import CONSENTS_UNKNOWN

Bases = Mapping[str, frozenset[str]]  # by purpose
NO_BASES: frozenset[str] = frozenset()


class Step(IntEnum):
    """What a consent has to get past, in this order."""

    ACTIVE = 1
    WHITELISTED = 2
    EVIDENCED = 3
    EXPLICIT = 4
    REVIEWED = 5
    SAMPLED = 6
    SEPARATE = 7
    RECENT = 8
    REQUESTED = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestParams:
    """How long, how often and until what a request to be called back carries calls."""

    window: timedelta
    attempts: int
    completed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Demands:
    """The numbers of all steps; each comes from the rule that is about it."""

    bases: Bases
    unsampled: frozenset[str]  # purposes whose consents are too young to be sampled
    ai_free: frozenset[str]  # purposes that a machine may speak for without separate consent
    sensitive: frozenset[str]  # industries whose every call is about sensitive information
    max_age: Mapping[str, timedelta]  # by purpose; the others last until the ground itself ends
    requests: Mapping[str, RequestParams]  # by purpose; the others need no request


LENDERS = ("consent", "sampling", "separate", "validity", "request")


def demands(stated: Stated) -> Demands:
    """Read the demands of a rule that borrows all their tables."""
    lent = {name: stated.borrowed(name) for name in LENDERS}
    return Demands(
        bases=bases(lent["consent"]),
        unsampled=lent["sampling"].names("exempt"),
        ai_free=lent["separate"].names("ai_free"),
        sensitive=lent["separate"].names("sensitive"),
        max_age=_max_age(lent["validity"]),
        requests=_requests(lent["request"]),
    )


def bases(stated: Stated) -> Bases:
    """Read on which ground each purpose may rest."""
    return stated.by_purpose(names)


def _max_age(stated: Stated) -> Mapping[str, timedelta]:
    stated.only("max_days")
    days = stated.table["max_days"]
    if not days.keys() <= set(PURPOSES):
        raise ValueError(f"{sorted(days)} are not all purposes.")
    return {purpose: timedelta(days=whole(days[purpose], least=1)) for purpose in days}


def _requests(stated: Stated) -> Mapping[str, RequestParams]:
    stated.only("purposes", "window_minutes", "attempts", "completed")
    params = RequestParams(
        window=timedelta(minutes=stated.number("window_minutes")),
        attempts=stated.number("attempts"),
        completed=stated.number("completed"),
    )
    return dict.fromkeys(stated.names("purposes"), params)


def answer_at(facts: CallFacts, params: Demands, step: Step, reason: Reason) -> Answer:
    """Allow if a consent got past `step`; refuse if one failed there; else it is not our turn."""
    if facts.consents is None:
        return refuse(CONSENTS_UNKNOWN)
    furthest = 0
    for consent in facts.consents:
        reached = _reached(consent, facts, params, step)
        if reached >= step:
            return ALLOW
        furthest = max(furthest, reached)
    return refuse(reason) if furthest == step - 1 else NOT_APPLICABLE


def got_past(facts: CallFacts, params: Demands, step: Step) -> bool:
    """Return whether any consent got past `step`."""
    return any(_reached(consent, facts, params, step) >= step for consent in facts.consents or ())


def failing_at(facts: CallFacts, params: Demands, step: Step) -> tuple[ConsentFacts, ...]:
    """Return the consents that got as far as `step` and not past it."""
    return tuple(
        consent
        for consent in facts.consents or ()
        if _reached(consent, facts, params, step) == step - 1
    )


def carrying(facts: CallFacts, params: Demands) -> tuple[ConsentFacts, ...]:
    """Return the consents that meet every demand, so that each carries the call alone."""
    return tuple(
        consent
        for consent in facts.consents or ()
        if _reached(consent, facts, params, Step.REQUESTED) >= Step.REQUESTED
    )


def in_force(facts: CallFacts, consent: ConsentFacts, bases_: frozenset[str]) -> bool:
    """Return whether a ground covers the purpose and channel now, and nobody took it back."""
    return (
        consent.purpose == facts.filing.purpose
        and consent.basis in bases_
        and consent.channel == "voice"
        and consent.withdrawn_at is None
        and consent.given_at <= facts.at
        and ((vacant_at := facts.callee.vacant_at) is None or consent.given_at > vacant_at)
        and (not facts.refusals or _given_anew(facts, consent))
    )


def _given_anew(facts: CallFacts, consent: ConsentFacts) -> bool:
    """Return whether a consent is younger than every lifted refusal that covers the call.

    A lift stands on what the person agreed to anew; what they agreed to before they said no
    stays refused. (A refusal that nobody lifted is for the rules about refusals.)
    """
    return consent.basis != "consent" or all(
        consent.given_at > refusal.at
        for refusal in facts.refusals or ()
        if refusal.lift is not None and _covers(refusal, facts.filing.purpose)
    )


def _covers(refusal: RefusalFacts, purpose: str) -> bool:
    return refusal.purpose in (None, purpose) and (
        refusal.everywhere or refusal.same_principal or refusal.same_industry
    )


def _reached(consent: ConsentFacts, facts: CallFacts, params: Demands, upto: Step) -> int:
    """Return the last step that a consent got past; nothing beyond `upto` is looked at."""
    if not in_force(facts, consent, params.bases.get(facts.filing.purpose, NO_BASES)):
        return 0
    recorded = _on_record(consent)
    if recorded < Step.REVIEWED or upto <= Step.REVIEWED:
        return recorded
    return _beyond_record(consent, facts, params, upto)


def _on_record(consent: ConsentFacts) -> int:
    """Return how far a ground in force gets by what was recorded of it."""
    agreed = consent.basis == "consent"  # the others rest on a contract or on the law
    if consent.on_whitelist is not True:
        return Step.ACTIVE
    if consent.evidenced is not True:
        return Step.WHITELISTED
    if agreed and consent.explicit is not True:
        return Step.EVIDENCED
    if agreed and consent.form_reviewed is not True:
        return Step.EXPLICIT
    return Step.REVIEWED


def _beyond_record(consent: ConsentFacts, facts: CallFacts, params: Demands, upto: Step) -> int:
    """Return how far a good record gets with this call, now."""
    purpose = facts.filing.purpose
    if consent.sample != "passed" and purpose not in params.unsampled:
        return Step.REVIEWED
    if upto > Step.SAMPLED and not _separate(consent, facts, params):
        return Step.SAMPLED
    if upto > Step.SEPARATE and not _unexpired(consent, facts.at, params.max_age.get(purpose)):
        return Step.SEPARATE
    if upto > Step.RECENT and request_over(consent, facts, params.requests.get(purpose)):
        return Step.RECENT
    return upto


def _separate(consent: ConsentFacts, facts: CallFacts, params: Demands) -> bool:
    if consent.basis != "consent":
        return True
    filing = facts.filing
    speaks = filing.robot is not False and filing.purpose not in params.ai_free
    sensitive = filing.sensitive_data is not False or filing.industry in params.sensitive
    return (not speaks or consent.ai_allowed is True) and (
        not sensitive or consent.sensitive_allowed is True
    )


def _unexpired(consent: ConsentFacts, at: datetime, max_age: timedelta | None) -> bool:
    if consent.expires_at is not None and consent.expires_at <= at:
        return False
    return max_age is None or at - consent.given_at <= max_age


def request_over(consent: ConsentFacts, facts: CallFacts, params: RequestParams | None) -> str:
    """Return why a request carries no further call, as a word; "" if it does or none is needed."""
    if params is None:
        return ""
    if consent.requested is not True:
        return "missing"
    if facts.at - consent.given_at > params.window:
        return "lapsed"
    made = [one for one in facts.attempts or () if one.consent_id == consent.id]
    return _used_up(made, params)


def _used_up(made: list[AttemptFacts], params: RequestParams) -> str:
    if sum(one.conversation for one in made) >= params.completed:
        return "answered"
    return "tried" if sum(one.rang or one.open for one in made) >= params.attempts else ""
