"""No bombing 呼死你: calls to one person never follow each other in a burst, whoever asks."""

from dataclasses import dataclass
from datetime import timedelta

from compliance.rulebook.decision import ALLOW, Answer, Reason, defer, refuse
from compliance.rulebook.facts import CallFacts
from compliance.rulebook.rule import call_rule
from compliance.rulebook.stated import Stated
from compliance.rulebook.unknowns import LEDGER_UNKNOWN

BURST = Reason(
    code="burst",
    zh="{minutes} 分钟内已有 {most} 次向该被叫的呼叫（含所有任务）；连续呼叫即骚扰。",
    en="The person was called {most} times within {minutes} minutes, all campaigns together.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BurstParams:
    """At most so many calls to one number in any so long a window."""

    calls: int
    window: timedelta


def _params(stated: Stated) -> BurstParams:
    stated.only("calls", "minutes")
    return BurstParams(
        calls=stated.number("calls"), window=timedelta(minutes=stated.number("minutes"))
    )


@call_rule(LEDGER_UNKNOWN, BURST, params=_params)
def no_burst(facts: CallFacts, params: BurstParams) -> Answer:
    """Defer while the window holds as many calls to the person as it may."""
    if facts.attempts is None:
        return refuse(LEDGER_UNKNOWN)
    if len(facts.attempts) < params.calls:
        return ALLOW
    since = facts.at - params.window
    inside = sorted(attempt.at for attempt in facts.attempts if attempt.at > since)
    if len(inside) < params.calls:
        return ALLOW
    free_at = inside[-params.calls] + params.window
    minutes = params.window // timedelta(minutes=1)
    return defer(free_at, BURST, minutes=minutes, most=params.calls)
