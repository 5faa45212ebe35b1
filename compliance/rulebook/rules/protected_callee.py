"""Numbers that no list can lawfully hold, and people who are too young to be called."""

from collections.abc import Mapping
from dataclasses import dataclass

from compliance.rulebook.decision import ALLOW, NOT_APPLICABLE, Answer, Reason, refuse
from compliance.rulebook.facts import CallFacts
from compliance.rulebook.rule import call_rule, no_params
from compliance.rulebook.stated import Stated, names

CANARY_UNKNOWN = Reason(
    code="canary_unknown",
    zh="无法核对该号码是否为平台蜜罐号码。",
    en="Whether the number is one of the platform's canaries could not be checked.",
)
CANARY = Reason(
    code="canary",
    zh="该号码是平台蜜罐号码，名单来源不合法。",
    en="The number is one of the platform's canaries: the list comes from an illicit source.",
)
MINOR = Reason(
    code="minor",
    zh="被叫已知为未成年人（{age_group}），不得以此目的外呼。",
    en="The callee is known to be a minor ({age_group}) and may not be called for this purpose.",
)


MINOR_OF_INDUSTRY = Reason(
    code="minor_of_industry",
    zh="该行业（{industry}）不得向已知的未成年人外呼，无论何种目的。",
    en="This industry ({industry}) never calls a known minor, whatever the purpose.",
)


@call_rule(CANARY_UNKNOWN, CANARY, params=no_params)
def no_canary(facts: CallFacts, params: None) -> Answer:
    """Refuse a number that only an illicit list can hold."""
    if facts.callee.canary is None:
        return refuse(CANARY_UNKNOWN)
    return refuse(CANARY) if facts.callee.canary else ALLOW


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeParams:
    """For which purposes nobody of an age group may be called."""

    barred: Mapping[str, frozenset[str]]


def _barred(stated: Stated) -> AgeParams:
    stated.only("under_14", "under_18")
    return AgeParams(barred={group: names(stated.table[group]) for group in stated.table})


@call_rule(MINOR, params=_barred)
def old_enough(facts: CallFacts, params: AgeParams) -> Answer:
    """Refuse a known minor: children for any purpose, adolescents for marketing."""
    group = facts.callee.age_group
    if not group:
        return ALLOW
    barred = params.barred.get(group)
    if barred is None or facts.filing.purpose in barred:
        return refuse(MINOR, age_group=group)
    return ALLOW


def _industries(stated: Stated) -> frozenset[str]:
    stated.only("industries")
    return stated.names("industries")


@call_rule(MINOR_OF_INDUSTRY, params=_industries)
def no_minors(facts: CallFacts, params: frozenset[str]) -> Answer:
    """Refuse a known minor of any age in industries that never call one."""
    industry = facts.filing.industry
    if industry not in params:
        return NOT_APPLICABLE
    return refuse(MINOR_OF_INDUSTRY, industry=industry) if facts.callee.age_group else ALLOW
