"""Abandoned calls: a person answered and nobody was there. The ceiling stops; it slows nothing."""

from dataclasses import dataclass
from datetime import timedelta

from compliance.rulebook.decision import ALLOW, Answer, Reason, defer, refuse
from compliance.rulebook.facts import CallFacts, FilingFacts
from compliance.rulebook.rule import call_rule, filing_rule
from compliance.rulebook.stated import Stated
from compliance.rulebook.unknowns import LEDGER_UNKNOWN

ABANDONMENT_UNKNOWN = Reason(
    code="abandonment_unknown",
    zh="无法读取该任务的放弃率。",
    en="The campaign's share of abandoned calls could not be read.",
)
ABANDONED_DAY = Reason(
    code="abandoned_day",
    zh="该任务近 24 小时接通 {answered} 次，放弃 {abandoned} 次，超过 {percent}% 上限，停止外呼。",
    en="Of {answered} calls answered in 24 hours {abandoned} were abandoned: more than {percent} "
    "percent, so the campaign stops.",
)
ABANDONED_MONTH = Reason(
    code="abandoned_month",
    zh="该任务近 30 天接通 {answered} 次，放弃 {abandoned} 次，超过 {percent}% 上限，停止外呼。",
    en="Of {answered} calls answered in 30 days {abandoned} were abandoned: more than {percent} "
    "percent, so the campaign stops.",
)
WAS_ABANDONED = Reason(
    code="was_abandoned",
    zh="被叫曾接起而无人应答，{hours} 小时内不再外呼。",
    en="The person once answered and nobody was there; no call for {hours} hours.",
)


def _percent(stated: Stated) -> int:
    stated.only("percent")
    return stated.number("percent")


@filing_rule(ABANDONMENT_UNKNOWN, ABANDONED_DAY, ABANDONED_MONTH, params=_percent)
def below_ceiling(facts: FilingFacts, params: int) -> Answer:
    """Refuse every call of a campaign that abandons more than its share, in either window."""
    counts = facts.abandonment
    if counts is None:
        return refuse(ABANDONMENT_UNKNOWN)
    for answered, abandoned, reason in (
        (counts.answered_day, counts.abandoned_day, ABANDONED_DAY),
        (counts.answered_month, counts.abandoned_month, ABANDONED_MONTH),
    ):
        if abandoned * 100 > params * answered:
            return refuse(reason, answered=answered, abandoned=abandoned, percent=params)
    return ALLOW


@filing_rule(ABANDONMENT_UNKNOWN, ABANDONED_MONTH, params=_percent)
def below_monthly_ceiling(facts: FilingFacts, params: int) -> Answer:
    """Refuse every call of a campaign that abandons more than its share of 30 days' calls."""
    counts = facts.abandonment
    if counts is None:
        return refuse(ABANDONMENT_UNKNOWN)
    answered, abandoned = counts.answered_month, counts.abandoned_month
    if abandoned * 100 <= params * answered:
        return ALLOW
    return refuse(ABANDONED_MONTH, answered=answered, abandoned=abandoned, percent=params)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftAloneParams:
    """How long a person who was abandoned is left alone."""

    hours: int


def _left_alone(stated: Stated) -> LeftAloneParams:
    stated.only("hours")
    return LeftAloneParams(hours=stated.number("hours"))


@call_rule(LEDGER_UNKNOWN, WAS_ABANDONED, params=_left_alone)
def left_alone(facts: CallFacts, params: LeftAloneParams) -> Answer:
    """Defer for three days after anybody's call to the person was abandoned."""
    if facts.attempts is None:
        return refuse(LEDGER_UNKNOWN)
    if not facts.attempts:
        return ALLOW
    abandoned = [attempt.at for attempt in facts.attempts if attempt.abandoned]
    if not abandoned:
        return ALLOW
    until = max(abandoned) + timedelta(hours=params.hours)
    return defer(until, WAS_ABANDONED, hours=params.hours) if facts.at < until else ALLOW
