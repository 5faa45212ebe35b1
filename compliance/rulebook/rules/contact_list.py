"""The lists that a campaign's leads come from: open, its own, and not too old."""

from dataclasses import dataclass

from compliance.rulebook.decision import ALLOW, NOT_APPLICABLE, Answer, Reason, refuse
from compliance.rulebook.facts import FilingFacts
from compliance.rulebook.local import LocalClock
from compliance.rulebook.rule import filing_rule
from compliance.rulebook.stated import Stated

LISTS_UNKNOWN = Reason(
    code="lists_unknown",
    zh="无法读取该任务的外呼名单及其状态。",
    en="The campaign's contact lists could not be read.",
)
LIST_STOPPED = Reason(
    code="list_stopped",
    zh="名单 {list} 已被停用（{list_state}，依据 {cause}），该任务不得外呼。",
    en="The list {list} is stopped ({list_state}, by {cause}), so the campaign may not call.",
)
LIST_ELSEWHERE = Reason(
    code="list_elsewhere",
    zh="名单 {list} 属于另一委托主体或另一外呼目的。",
    en="The list {list} belongs to another principal or to another purpose.",
)
LIST_OLD = Reason(
    code="list_old",
    zh="名单 {list} 已超过 {days} 天，应当删除，不得外呼。",
    en="The list {list} is more than {days} days old and has to be deleted, not called.",
)


def _states(stated: Stated) -> frozenset[str]:
    stated.only("callable_states")
    return stated.names("callable_states")


@filing_rule(LISTS_UNKNOWN, LIST_STOPPED, params=_states)
def not_stopped(facts: FilingFacts, callable_states: frozenset[str]) -> Answer:
    """Refuse while any of the campaign's lists is held or frozen."""
    if facts.lists is None:
        return refuse(LISTS_UNKNOWN)
    for one in facts.lists:
        if one.state not in callable_states:
            return refuse(LIST_STOPPED, list=one.id, list_state=one.state, cause=one.cause)
    return ALLOW if facts.lists else NOT_APPLICABLE


def _no_self_draw(stated: Stated) -> None:
    stated.only("self_draw")
    if stated.flag("self_draw"):
        raise ValueError("Agents never draw leads themselves.")


@filing_rule(LISTS_UNKNOWN, LIST_ELSEWHERE, params=_no_self_draw)
def one_principal_and_purpose(facts: FilingFacts, params: None) -> Answer:
    """Refuse leads that were collected for another principal, or that another purpose uses."""
    if facts.lists is None:
        return refuse(LISTS_UNKNOWN)
    for one in facts.lists:
        if one.same_principal is not True or one.same_purpose is not True:
            return refuse(LIST_ELSEWHERE, list=one.id)
    return ALLOW if facts.lists else NOT_APPLICABLE


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeParams:
    """How old a list may be."""

    clock: LocalClock
    days: int


def _age(stated: Stated) -> AgeParams:
    stated.only("days")
    return AgeParams(clock=stated.clock, days=stated.number("days"))


@filing_rule(LISTS_UNKNOWN, LIST_OLD, params=_age)
def young_enough(facts: FilingFacts, params: AgeParams) -> Answer:
    """Refuse a list that is older than it may be; a retired one has no leads any more."""
    if facts.lists is None:
        return refuse(LISTS_UNKNOWN)
    today = params.clock.day(facts.at)
    for one in facts.lists:
        if one.state != "retired" and today - one.collected_on.toordinal() > params.days:
            return refuse(LIST_OLD, list=one.id, days=params.days)
    return ALLOW if facts.lists else NOT_APPLICABLE
