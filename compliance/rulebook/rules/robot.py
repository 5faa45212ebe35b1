"""Machines that speak: not for marketing, named as machines, with a way out, and few."""

from dataclasses import dataclass
from datetime import timedelta

from compliance.rulebook.decision import (
    ALLOW,
    NOT_APPLICABLE,
    Answer,
    Reason,
    defer,
    refuse,
)
from compliance.rulebook.facts import PURPOSES, CallFacts, FilingFacts
from compliance.rulebook.rule import filing_rule, line_rule, no_params
from compliance.rulebook.stated import Stated
from compliance.rulebook.unknowns import LINE_UNKNOWN, PURPOSE_UNKNOWN
from compliance.rulebook.usage import DAY, full

ROBOT_BARRED = Reason(
    code="robot_barred",
    zh="该目的（{purpose}）不得使用机器人外呼。",
    en="A machine may not place {purpose} calls.",
)
MACHINE_HIDDEN = Reason(
    code="machine_hidden",
    zh="机器人话术开头没有说明自己是机器语音。",
    en="The robot's script does not open by saying that a machine speaks.",
)
NO_WAY_OUT = Reason(
    code="no_way_out",
    zh="机器人话术没有提供一键拒绝或转人工。",
    en="The robot's script offers no key to refuse, or no person to talk to.",
)
ROBOT_DAY = Reason(
    code="robot_day",
    zh="该机器人线路最近 24 小时已拨 {count} 次，上限 {limit} 次。",
    en="The robot's line placed {count} calls in the last 24 hours; the cap is {limit}.",
)
ROBOTS_BUSY = Reason(
    code="robots_busy",
    zh="机器人已有 {open} 路呼叫，全平台上限 {limit} 路。",
    en="Robots have {open} calls under way; the cap over all of them is {limit}.",
)


def _barred(stated: Stated) -> frozenset[str]:
    stated.only("barred")
    return stated.names("barred")


@filing_rule(PURPOSE_UNKNOWN, ROBOT_BARRED, params=_barred)
def allowed(facts: FilingFacts, params: frozenset[str]) -> Answer:
    """Refuse a robot for the purposes for which no machine may call."""
    if facts.robot is False:
        return NOT_APPLICABLE
    if facts.purpose not in PURPOSES:
        return refuse(PURPOSE_UNKNOWN, purpose=facts.purpose)
    if facts.purpose in params:
        return refuse(ROBOT_BARRED, purpose=facts.purpose)
    return ALLOW


@filing_rule(MACHINE_HIDDEN, params=no_params)
def labelled(facts: FilingFacts, params: None) -> Answer:
    """Refuse a robot whose script does not open by saying what it is."""
    if facts.robot is False:
        return NOT_APPLICABLE
    return ALLOW if facts.says_machine is True else refuse(MACHINE_HIDDEN)


@filing_rule(NO_WAY_OUT, params=no_params)
def with_a_way_out(facts: FilingFacts, params: None) -> Answer:
    """Refuse a robot whose script offers no refusal by key, or no person."""
    if facts.robot is False:
        return NOT_APPLICABLE
    both = facts.takes_refusal is True and facts.offers_person is True
    return ALLOW if both else refuse(NO_WAY_OUT)


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotCaps:
    """The most that a robot's line places in a day, and all robots at once."""

    line_day: int
    at_once: int
    recheck: timedelta


def _caps(stated: Stated) -> RobotCaps:
    stated.only("line_day", "at_once", "recheck_seconds")
    return RobotCaps(
        line_day=stated.number("line_day"),
        at_once=stated.number("at_once"),
        recheck=timedelta(seconds=stated.number("recheck_seconds")),
    )


@line_rule(LINE_UNKNOWN, ROBOT_DAY, ROBOTS_BUSY, params=_caps)
def within_caps(facts: CallFacts, params: RobotCaps) -> Answer:
    """Defer while a robot's line, or all robots together, call as much as they may."""
    if facts.filing.robot is False:
        return NOT_APPLICABLE
    line = facts.line
    if line is None:
        return refuse(LINE_UNKNOWN)
    used = full(
        line.caller_day,
        at=facts.at,
        limit=params.line_day,
        window=DAY,
        reason=ROBOT_DAY,
        unknown=LINE_UNKNOWN,
    )
    if used is not None:
        return used
    if line.robot_open_permits < params.at_once:
        return ALLOW
    until = facts.at + params.recheck
    return defer(until, ROBOTS_BUSY, open=line.robot_open_permits, limit=params.at_once)
