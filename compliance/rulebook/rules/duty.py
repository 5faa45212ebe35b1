"""The agent at work: a press for every call, time to wrap up, and a break in every hour."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from compliance.rulebook.decision import ALLOW, Answer, Reason, defer, refuse
from compliance.rulebook.facts import CallFacts
from compliance.rulebook.rule import call_rule
from compliance.rulebook.stated import Stated
from compliance.rulebook.unknowns import SEAT_UNKNOWN

NEVER_READY = Reason(
    code="never_ready",
    zh="该坐席没有按过“就绪”。",
    en="The seat's agent has not pressed ready.",
)
PRESS_USED = Reason(
    code="press_used",
    zh="上次按“就绪”后已拨过一次；每次呼叫前须重新按“就绪”。",
    en="The last press of ready has had its call; each call needs a press of its own.",
)
WRAPPING_UP = Reason(
    code="wrapping_up",
    zh="该坐席上一次通话结束不足 {seconds} 秒，须先整理。",
    en="The seat's last talk ended less than {seconds} seconds ago; there is work to finish.",
)
BREAK_DUE = Reason(
    code="break_due",
    zh="该坐席已连续工作 {worked} 分钟，须休息 {minutes} 分钟。",
    en="The agent has worked {worked} minutes without a break of {minutes} minutes.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyParams:
    """How long the pauses are, and how long work may last between two breaks."""

    wrap: timedelta
    work: timedelta
    rest: timedelta
    recheck: timedelta


def _params(stated: Stated) -> DutyParams:
    stated.only("wrap_seconds", "work_minutes", "break_minutes", "recheck_seconds")
    return DutyParams(
        wrap=timedelta(seconds=stated.number("wrap_seconds")),
        work=timedelta(minutes=stated.number("work_minutes")),
        rest=timedelta(minutes=stated.number("break_minutes")),
        recheck=timedelta(seconds=stated.number("recheck_seconds")),
    )


@call_rule(SEAT_UNKNOWN, NEVER_READY, PRESS_USED, WRAPPING_UP, BREAK_DUE, params=_params)
def ready_and_rested(facts: CallFacts, params: DutyParams) -> Answer:
    """Defer unless the agent pressed ready for this call, has wrapped up and is rested."""
    seat = facts.seat
    if seat is None or seat.on_duty_since is None:
        return refuse(SEAT_UNKNOWN)
    if seat.ready_at is None:
        return refuse(NEVER_READY)
    if seat.last_rang_at is not None and seat.ready_at <= seat.last_rang_at:
        return defer(facts.at + params.recheck, PRESS_USED)
    quiet_since = seat.ready_at
    if seat.last_talk_ended_at is not None:
        until = seat.last_talk_ended_at + params.wrap
        if facts.at < until:
            return defer(until, WRAPPING_UP, seconds=params.wrap // timedelta(seconds=1))
        quiet_since = max(quiet_since, seat.last_talk_ended_at)
    return _rested(facts.at, seat.on_duty_since, quiet_since, params)


def _rested(
    at: datetime, on_duty_since: datetime, quiet_since: datetime, params: DutyParams
) -> Answer:
    """Defer after too much work, until neither a press nor a call has come for a full break."""
    worked = at - on_duty_since
    if worked < params.work or at >= quiet_since + params.rest:
        return ALLOW
    return defer(
        quiet_since + params.rest,
        BREAK_DUE,
        worked=worked // timedelta(minutes=1),
        minutes=params.rest // timedelta(minutes=1),
    )
