"""The person's consent: nobody is called without one, and one consent must meet every demand.

The rules look at the same consents in one order: in force, on the whitelist, evidenced,
explicit, recent. Each asks whether any consent got past its own step, so that two half-good
consents never add up to a good one; the first step that none passes is the one that refuses.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from compliance.rulebook.decision import ALLOW, NOT_APPLICABLE, Answer, Reason, refuse
from compliance.rulebook.facts import PURPOSES, CallFacts, ConsentFacts
from compliance.rulebook.rule import call_rule
from compliance.rulebook.stated import Stated, names, whole
from compliance.rulebook.unknowns import CONSENTS_UNKNOWN, PURPOSE_UNKNOWN

CONSENT_MISSING = Reason(
    code="consent_missing",
    zh="没有被叫就此目的（{purpose}）给予该委托主体的有效依据（{bases}）。",
    en="The person gave this principal no ground in force for {purpose} calls ({bases}).",
)
WHITELIST_MISSING = Reason(
    code="whitelist_missing",
    zh="该任务未附用户白名单。",
    en="The campaign was filed without a whitelist.",
)
NOT_WHITELISTED = Reason(
    code="not_whitelisted",
    zh="被叫不在该任务备案的用户白名单中。",
    en="The person is not on the whitelist that the campaign was filed with.",
)
EVIDENCE_MISSING = Reason(
    code="evidence_missing",
    zh="同意凭证不全：须有告知内容、时间、方式和凭证哈希。",
    en="The consent's evidence is incomplete: text shown, time, method and proof hash are needed.",
)
NOT_EXPLICIT = Reason(
    code="not_explicit",
    zh="被叫未明确同意，视为拒绝。",
    en="The person did not clearly agree; that counts as a refusal.",
)
CONSENT_EXPIRED = Reason(
    code="consent_expired",
    zh="被叫的同意已过有效期。",
    en="The person's consent has expired.",
)

ACTIVE, WHITELISTED, EVIDENCED, EXPLICIT = range(1, 5)
Bases = Mapping[str, frozenset[str]]  # by purpose
NO_BASES: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidityParams:
    """On which ground a purpose may rest, and how old a consent may grow."""

    bases: Bases
    max_age: Mapping[str, timedelta]  # by purpose; the others last until the ground itself ends


def _bases(stated: Stated) -> Bases:
    return stated.by_purpose(names)


def _borrowed_bases(stated: Stated) -> Bases:
    stated.only()
    return _bases(stated.borrowed("consent"))


def _validity(stated: Stated) -> ValidityParams:
    stated.only("max_days")
    days = stated.table["max_days"]
    if not days.keys() <= set(PURPOSES):
        raise ValueError(f"{sorted(days)} are not all purposes.")
    return ValidityParams(
        bases=_bases(stated.borrowed("consent")),
        max_age={purpose: timedelta(days=whole(days[purpose], least=1)) for purpose in days},
    )


@call_rule(CONSENTS_UNKNOWN, PURPOSE_UNKNOWN, CONSENT_MISSING, params=_bases)
def consented(facts: CallFacts, params: Bases) -> Answer:
    """Refuse unless a ground in force covers this principal, purpose and channel."""
    if facts.consents is None:
        return refuse(CONSENTS_UNKNOWN)
    purpose = facts.filing.purpose
    bases = params.get(purpose)
    if bases is None:
        return refuse(PURPOSE_UNKNOWN, purpose=purpose)
    if _furthest(facts, facts.consents, bases) >= ACTIVE:
        return ALLOW
    return refuse(CONSENT_MISSING, purpose=purpose, bases=",".join(sorted(bases)))


@call_rule(CONSENTS_UNKNOWN, WHITELIST_MISSING, NOT_WHITELISTED, params=_borrowed_bases)
def whitelisted(facts: CallFacts, params: Bases) -> Answer:
    """Refuse unless the whitelist of the campaign's filing holds a consent in force."""
    if facts.consents is None:
        return refuse(CONSENTS_UNKNOWN)
    if facts.whitelist_version is None:
        return refuse(WHITELIST_MISSING)
    reached = _furthest(facts, facts.consents, params.get(facts.filing.purpose, NO_BASES))
    return ALLOW if reached >= WHITELISTED else refuse(NOT_WHITELISTED)


@call_rule(CONSENTS_UNKNOWN, EVIDENCE_MISSING, params=_borrowed_bases)
def evidenced(facts: CallFacts, params: Bases) -> Answer:
    """Refuse unless the consent on the whitelist can be proved."""
    return _step(facts, params, EVIDENCED, EVIDENCE_MISSING)


@call_rule(CONSENTS_UNKNOWN, NOT_EXPLICIT, params=_borrowed_bases)
def explicit(facts: CallFacts, params: Bases) -> Answer:
    """Refuse unless the consent that can be proved is a clear yes."""
    return _step(facts, params, EXPLICIT, NOT_EXPLICIT)


@call_rule(CONSENTS_UNKNOWN, CONSENT_EXPIRED, params=_validity)
def recent(facts: CallFacts, params: ValidityParams) -> Answer:
    """Refuse unless the consent that meets every other demand is still recent enough."""
    if facts.consents is None:
        return refuse(CONSENTS_UNKNOWN)
    purpose = facts.filing.purpose
    bases = params.bases.get(purpose, NO_BASES)
    max_age = params.max_age.get(purpose)
    answer = NOT_APPLICABLE
    for consent in facts.consents:
        if _reached(consent, facts, bases) == EXPLICIT:
            if _unexpired(consent, facts.at, max_age):
                return ALLOW
            answer = refuse(CONSENT_EXPIRED)
    return answer


def _step(facts: CallFacts, params: Bases, step: int, reason: Reason) -> Answer:
    if facts.consents is None:
        return refuse(CONSENTS_UNKNOWN)
    bases = params.get(facts.filing.purpose, NO_BASES)
    reached = _furthest(facts, facts.consents, bases)
    if reached >= step:
        return ALLOW
    return refuse(reason) if reached == step - 1 else NOT_APPLICABLE


def _furthest(facts: CallFacts, consents: Iterable[ConsentFacts], bases: frozenset[str]) -> int:
    """Return the last step that any consent got past; 0 if none is even in force."""
    return max([_reached(consent, facts, bases) for consent in consents], default=0)


def _reached(consent: ConsentFacts, facts: CallFacts, bases: frozenset[str]) -> int:
    """Return the last step that this consent got past."""
    in_force = (
        consent.purpose == facts.filing.purpose
        and consent.basis in bases
        and consent.channel == "voice"
        and consent.withdrawn_at is None
        and consent.given_at <= facts.at
        and _since_the_number_was_theirs(consent, facts.callee.vacant_at)
    )
    if not in_force:
        return 0
    if consent.on_whitelist is not True:
        return ACTIVE
    if consent.evidenced is not True:
        return WHITELISTED
    return EXPLICIT if consent.explicit is True or consent.basis != "consent" else EVIDENCED


def _since_the_number_was_theirs(consent: ConsentFacts, vacant_at: datetime | None) -> bool:
    """Return whether nobody knows the number to have been given up after the consent."""
    return vacant_at is None or consent.given_at > vacant_at


def _unexpired(consent: ConsentFacts, at: datetime, max_age: timedelta | None) -> bool:
    if consent.expires_at is not None and consent.expires_at <= at:
        return False
    return max_age is None or at - consent.given_at <= max_age
