"""The seat that will talk: ready for this one call, and not driven beyond its caps."""

from dataclasses import dataclass
from datetime import timedelta

from compliance.rulebook.decision import ALLOW, Answer, Reason, defer, latest, refuse
from compliance.rulebook.facts import CallFacts
from compliance.rulebook.rule import call_rule
from compliance.rulebook.stated import Stated
from compliance.rulebook.unknowns import SEAT_UNKNOWN
from compliance.rulebook.usage import DAY, HOUR, full

SEAT_INACTIVE = Reason(
    code="seat_inactive",
    zh="坐席未启用或已停用。",
    en="The seat is not in service.",
)
SEAT_BUSY = Reason(
    code="seat_busy",
    zh="该坐席已有 {open} 个未结束的呼叫；每个就绪坐席最多 {limit} 个。",
    en="The seat already has {open} calls under way; a ready seat has at most {limit}.",
)
SEAT_HOUR = Reason(
    code="seat_hour",
    zh="该坐席最近 1 小时已拨 {count} 次，上限 {limit} 次。",
    en="The seat placed {count} calls in the last hour; the cap is {limit}.",
)
SEAT_DAY = Reason(
    code="seat_day",
    zh="该坐席最近 24 小时已拨 {count} 次，上限 {limit} 次。",
    en="The seat placed {count} calls in the last 24 hours; the cap is {limit}.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyParams:
    """Lines per ready seat, and when to look at a busy one again."""

    calls: int
    recheck: timedelta


def _ready(stated: Stated) -> ReadyParams:
    stated.only("calls_per_seat", "recheck_seconds")
    return ReadyParams(
        calls=stated.number("calls_per_seat"),
        recheck=timedelta(seconds=stated.number("recheck_seconds")),
    )


@call_rule(SEAT_UNKNOWN, SEAT_INACTIVE, SEAT_BUSY, params=_ready)
def ready(facts: CallFacts, params: ReadyParams) -> Answer:
    """Defer while the seat has a call under way; refuse a seat out of service."""
    seat = facts.seat
    if seat is None:
        return refuse(SEAT_UNKNOWN)
    if seat.active is not True:
        return refuse(SEAT_INACTIVE)
    if seat.open_permits < params.calls:
        return ALLOW
    until = facts.at + params.recheck
    return defer(until, SEAT_BUSY, open=seat.open_permits, limit=params.calls)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatCaps:
    """The most calls that one seat places."""

    hour: int
    day: int


def _caps(stated: Stated) -> SeatCaps:
    stated.only("hour", "day")
    return SeatCaps(hour=stated.number("hour"), day=stated.number("day"))


@call_rule(SEAT_UNKNOWN, SEAT_HOUR, SEAT_DAY, params=_caps)
def within_caps(facts: CallFacts, params: SeatCaps) -> Answer:
    """Defer while the seat has placed as many calls as one person should."""
    seat = facts.seat
    if seat is None:
        return refuse(SEAT_UNKNOWN)
    if seat.hour.count < params.hour and seat.day.count < params.day:
        return ALLOW
    answers = [
        full(use, at=facts.at, limit=limit, window=window, reason=reason, unknown=SEAT_UNKNOWN)
        for use, limit, window, reason in (
            (seat.hour, params.hour, HOUR, SEAT_HOUR),
            (seat.day, params.day, DAY, SEAT_DAY),
        )
    ]
    return latest([answer for answer in answers if answer is not None])
