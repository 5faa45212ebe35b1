"""A machine's voice where agents need no consent: the machine does, in writing."""

from compliance.rulebook.decision import ALLOW, NOT_APPLICABLE, Answer, Reason, refuse
from compliance.rulebook.facts import CallFacts, ConsentFacts
from compliance.rulebook.rule import call_rule
from compliance.rulebook.stated import Stated
from compliance.rulebook.unknowns import CONSENTS_UNKNOWN

NOT_IN_WRITING = Reason(
    code="not_in_writing",
    zh="被叫没有书面同意由机器语音来电。",
    en="The person did not agree in writing to calls by an artificial voice.",
)


def _exempt(stated: Stated) -> frozenset[str]:
    stated.only("exempt")
    return stated.names("exempt")


@call_rule(CONSENTS_UNKNOWN, NOT_IN_WRITING, params=_exempt)
def consented(facts: CallFacts, params: frozenset[str]) -> Answer:
    """Refuse a machine's call without one consent in force, on record, to a machine's voice."""
    if facts.filing.robot is False or facts.filing.purpose in params:
        return NOT_APPLICABLE
    if facts.consents is None:
        return refuse(CONSENTS_UNKNOWN)
    if any(_in_writing(consent, facts) for consent in facts.consents):
        return ALLOW
    return refuse(NOT_IN_WRITING)


def _in_writing(consent: ConsentFacts, facts: CallFacts) -> bool:
    return (
        consent.basis == "consent"
        and consent.purpose == facts.filing.purpose
        and consent.ai_allowed is True
        and consent.evidenced is True
        and _in_force(consent, facts)
    )


def _in_force(consent: ConsentFacts, facts: CallFacts) -> bool:
    ended = consent.expires_at is not None and consent.expires_at <= facts.at
    given_up = facts.callee.vacant_at is not None and consent.given_at <= facts.callee.vacant_at
    return (
        consent.withdrawn_at is None
        and consent.given_at <= facts.at
        and not ended
        and not given_up
    )
