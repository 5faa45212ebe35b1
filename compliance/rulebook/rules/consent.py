"""The person's consent: nobody is called without one, and one consent must meet every demand."""

from compliance.rulebook.decision import ALLOW, Answer, Reason, refuse
from compliance.rulebook.facts import CallFacts
from compliance.rulebook.grounds import (
    Bases,
    Demands,
    Step,
    answer_at,
    bases,
    demands,
    got_past,
    in_force,
)
from compliance.rulebook.rule import call_rule
from compliance.rulebook.stated import Stated
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


def _demands(stated: Stated) -> Demands:
    stated.only()
    return demands(stated)


def _validity(stated: Stated) -> Demands:
    stated.only("max_days")
    return demands(stated)


@call_rule(CONSENTS_UNKNOWN, PURPOSE_UNKNOWN, CONSENT_MISSING, params=bases)
def consented(facts: CallFacts, params: Bases) -> Answer:
    """Refuse unless a ground in force covers this principal, purpose and channel."""
    if facts.consents is None:
        return refuse(CONSENTS_UNKNOWN)
    purpose = facts.filing.purpose
    allowed = params.get(purpose)
    if allowed is None:
        return refuse(PURPOSE_UNKNOWN, purpose=purpose)
    for consent in facts.consents:
        if in_force(facts, consent, allowed):
            return ALLOW
    return refuse(CONSENT_MISSING, purpose=purpose, bases=",".join(sorted(allowed)))


@call_rule(CONSENTS_UNKNOWN, WHITELIST_MISSING, NOT_WHITELISTED, params=_demands)
def whitelisted(facts: CallFacts, params: Demands) -> Answer:
    """Refuse unless the whitelist of the campaign's filing holds a consent in force."""
    if facts.consents is None:
        return refuse(CONSENTS_UNKNOWN)
    if facts.whitelist_version is None:
        return refuse(WHITELIST_MISSING)
    return ALLOW if got_past(facts, params, Step.WHITELISTED) else refuse(NOT_WHITELISTED)


@call_rule(CONSENTS_UNKNOWN, EVIDENCE_MISSING, params=_demands)
def evidenced(facts: CallFacts, params: Demands) -> Answer:
    """Refuse unless the consent on the whitelist can be proved."""
    return answer_at(facts, params, Step.EVIDENCED, EVIDENCE_MISSING)


@call_rule(CONSENTS_UNKNOWN, NOT_EXPLICIT, params=_demands)
def explicit(facts: CallFacts, params: Demands) -> Answer:
    """Refuse unless the consent that can be proved is a clear yes."""
    return answer_at(facts, params, Step.EXPLICIT, NOT_EXPLICIT)


@call_rule(CONSENTS_UNKNOWN, CONSENT_EXPIRED, params=_validity)
def recent(facts: CallFacts, params: Demands) -> Answer:
    """Refuse unless the consent that meets every other demand is still recent enough."""
    return answer_at(facts, params, Step.RECENT, CONSENT_EXPIRED)
