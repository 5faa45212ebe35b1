"""Debt collection: how often in a day, and nobody but the debtor."""

from collections.abc import Mapping
from dataclasses import dataclass

from compliance.rulebook.decision import ALLOW, NOT_APPLICABLE, Answer, Reason, defer, refuse
from compliance.rulebook.facts import CallFacts
from compliance.rulebook.local import LocalClock
from compliance.rulebook.rule import call_rule
from compliance.rulebook.stated import Stated, whole
from compliance.rulebook.unknowns import CONSENTS_UNKNOWN, LEDGER_UNKNOWN

COLLECTION = "P5"
TALKED_TODAY = Reason(
    code="talked_today",
    zh="今天已与债务人有效通话 {most} 次，达到每日上限。",
    en="The debtor was talked with {most} times today, which is the day's limit.",
)
RANG_IN_VAIN_TODAY = Reason(
    code="rang_in_vain_today",
    zh="今天对该号码未接通的催收呼叫已有 {most} 次，达到每日上限。",
    en="The number was rung in vain {most} times today, which is the day's limit.",
)
CONTACTED_TODAY = Reason(
    code="contacted_today",
    zh="被叫可能在有更严规定的省份，今天的催收联系已有 {most} 次，达到每日上限。",
    en="The person may be in a province with a stricter limit: {most} contacts a day, all used.",
)
NOT_THE_DEBTOR = Reason(
    code="not_the_debtor",
    zh="被叫不是债务人；催收只联系债务人本人。",
    en="The person is not the debtor; collection calls nobody else.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyLimits:
    """The most in one local day, over all principals."""

    clock: LocalClock
    talks: int
    vain: int
    contacts: Mapping[str, int]  # by province; talks and calls in vain together


def _limits(stated: Stated) -> DailyLimits:
    stated.only("talks", "unanswered", "contacts")
    return DailyLimits(
        clock=stated.clock,
        talks=stated.number("talks"),
        vain=stated.number("unanswered"),
        contacts={place: whole(most, least=1) for place, most in stated.table["contacts"].items()},
    )


@call_rule(LEDGER_UNKNOWN, TALKED_TODAY, RANG_IN_VAIN_TODAY, CONTACTED_TODAY, params=_limits)
def within_daily_limits(facts: CallFacts, params: DailyLimits) -> Answer:
    """Defer to the next day once a debtor was contacted as often as a day allows."""
    if facts.filing.purpose != COLLECTION:
        return NOT_APPLICABLE
    if facts.attempts is None:
        return refuse(LEDGER_UNKNOWN)
    day = params.clock.day(facts.at)
    today = [
        attempt
        for attempt in facts.attempts
        if attempt.purpose == COLLECTION and params.clock.day(attempt.at) == day
    ]
    talks = sum(attempt.conversation for attempt in today)
    vain = sum(not attempt.answered for attempt in today)
    places = [params.contacts[p] for p in facts.callee.provinces if p in params.contacts]
    for count, most, reason in (
        (talks, params.talks, TALKED_TODAY),
        (vain, params.vain, RANG_IN_VAIN_TODAY),
        *((len(today), most, CONTACTED_TODAY) for most in sorted(places)[:1]),
    ):
        if count >= most:
            return defer(params.clock.instant(day + 1, 0), reason, most=most)
    return ALLOW


def _grounds(stated: Stated) -> frozenset[str]:
    stated.only("grounds")
    return stated.names("grounds")


@call_rule(CONSENTS_UNKNOWN, NOT_THE_DEBTOR, params=_grounds)
def debtor_only(facts: CallFacts, params: frozenset[str]) -> Answer:
    """Refuse to collect from anybody who is not the debtor of a debt contract on record."""
    if facts.filing.purpose != COLLECTION:
        return NOT_APPLICABLE
    if facts.consents is None:
        return refuse(CONSENTS_UNKNOWN)
    for ground in facts.consents:
        if ground.basis in params and ground.purpose == COLLECTION and ground.withdrawn_at is None:
            return ALLOW
    return refuse(NOT_THE_DEBTOR)
