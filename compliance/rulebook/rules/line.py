"""The line: what one caller number and one trunk may carry."""

from dataclasses import dataclass
from datetime import timedelta

from compliance.rulebook.decision import ALLOW, Answer, Reason, defer, refuse
from compliance.rulebook.facts import CallFacts
from compliance.rulebook.rule import line_rule
from compliance.rulebook.stated import Stated
from compliance.rulebook.unknowns import LINE_UNKNOWN, TRUNK_UNKNOWN
from compliance.rulebook.usage import DAY, full

CALLER_DAY = Reason(
    code="caller_day",
    zh="该主叫号码最近 24 小时已拨 {count} 次，上限 {limit} 次。",
    en="The caller number placed {count} calls in the last 24 hours; the cap is {limit}.",
)
TRUNK_FULL = Reason(
    code="trunk_full",
    zh="该线路已有 {open} 路呼叫，合同并发上限 {limit} 路。",
    en="The trunk carries {open} calls; its contract allows {limit} at once.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineParams:
    """The cap of a caller number, and when to look at a full trunk again."""

    caller_day: int
    recheck: timedelta


def _params(stated: Stated) -> LineParams:
    stated.only("caller_day", "recheck_seconds")
    return LineParams(
        caller_day=stated.number("caller_day"),
        recheck=timedelta(seconds=stated.number("recheck_seconds")),
    )


@line_rule(LINE_UNKNOWN, TRUNK_UNKNOWN, CALLER_DAY, TRUNK_FULL, params=_params)
def within_caps(facts: CallFacts, params: LineParams) -> Answer:
    """Defer while the caller number or the trunk carries as much as it may."""
    line, trunk = facts.line, facts.filing.trunk
    if line is None:
        return refuse(LINE_UNKNOWN)
    if trunk is None:
        return refuse(TRUNK_UNKNOWN)
    used = full(
        line.caller_day,
        at=facts.at,
        limit=params.caller_day,
        window=DAY,
        reason=CALLER_DAY,
        unknown=LINE_UNKNOWN,
    )
    if used is not None:
        return used
    if line.trunk_open_permits < trunk.max_calls:
        return ALLOW
    until = facts.at + params.recheck
    return defer(until, TRUNK_FULL, open=line.trunk_open_permits, limit=trunk.max_calls)
