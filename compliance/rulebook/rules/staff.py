"""The person in the seat: named, trained, and not suspended."""

from dataclasses import dataclass
from datetime import timedelta

from compliance.rulebook.decision import ALLOW, Answer, Reason, defer, refuse
from compliance.rulebook.facts import CallFacts
from compliance.rulebook.local import LocalClock
from compliance.rulebook.rule import call_rule, no_params
from compliance.rulebook.stated import Stated
from compliance.rulebook.unknowns import SEAT_UNKNOWN

NOT_NAMED = Reason(
    code="not_named",
    zh="该工号没有经核验的员工实名记录。",
    en="No verified real-name staff record stands behind the job number.",
)


@call_rule(SEAT_UNKNOWN, NOT_NAMED, params=no_params)
def named(facts: CallFacts, params: None) -> Answer:
    """Refuse a seat without one real person behind its job number."""
    if facts.seat is None:
        return refuse(SEAT_UNKNOWN)
    return ALLOW if facts.seat.named is True else refuse(NOT_NAMED)


NOT_TRAINED = Reason(
    code="not_trained",
    zh="该坐席没有培训合格记录。",
    en="The agent in the seat has passed no training.",
)
TRAINING_OLD = Reason(
    code="training_old",
    zh="该坐席的培训合格日为 {passed_on}，不在最近 {days} 天内。",
    en="The agent passed the training on {passed_on}, not within the last {days} days.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingParams:
    """How long a certificate holds."""

    clock: LocalClock
    days: int


def _training(stated: Stated) -> TrainingParams:
    stated.only("days")
    return TrainingParams(clock=stated.clock, days=stated.number("days"))


@call_rule(SEAT_UNKNOWN, NOT_TRAINED, TRAINING_OLD, params=_training)
def trained(facts: CallFacts, params: TrainingParams) -> Answer:
    """Refuse a seat whose agent has no certificate, or an old one."""
    if facts.seat is None:
        return refuse(SEAT_UNKNOWN)
    passed_on = facts.seat.trained_on
    if passed_on is None:
        return refuse(NOT_TRAINED)
    if 0 <= params.clock.day(facts.at) - passed_on.toordinal() <= params.days:
        return ALLOW
    return refuse(TRAINING_OLD, passed_on=passed_on.isoformat(), days=params.days)


SUSPENDED = Reason(
    code="agent_suspended",
    zh="该坐席已记 {points} 分，停用 {days} 天。",
    en="The agent has {points} sanction points and is suspended for {days} days.",
)
DISMISSED = Reason(
    code="agent_dismissed",
    zh="该坐席已记 {points} 分，永久停用。",
    en="The agent has {points} sanction points and never calls again.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """How many points suspend, for how long, and how many end it."""

    suspend_points: int
    suspend: timedelta
    end_points: int


def _ladder(stated: Stated) -> Ladder:
    stated.only("suspend_points", "suspend_days", "end_points")
    return Ladder(
        suspend_points=stated.number("suspend_points"),
        suspend=timedelta(days=stated.number("suspend_days")),
        end_points=stated.number("end_points"),
    )


@call_rule(SEAT_UNKNOWN, SUSPENDED, DISMISSED, params=_ladder)
def not_suspended(facts: CallFacts, params: Ladder) -> Answer:
    """Defer while the agent is suspended; refuse for good when the ladder ends."""
    if facts.seat is None:
        return refuse(SEAT_UNKNOWN)
    points = facts.seat.points
    if not points or len(points) < min(params.suspend_points, params.end_points):
        return ALLOW
    if len(points) >= params.end_points:
        return refuse(DISMISSED, points=len(points))
    until = max(points) + params.suspend
    if facts.at >= until:
        return ALLOW
    return defer(until, SUSPENDED, points=len(points), days=params.suspend.days)
