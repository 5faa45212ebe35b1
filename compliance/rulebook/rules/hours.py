"""Calling hours: the envelope, each purpose's window, the noon rest, days off, the end guard.

The time that a person asked for opens all of them but the envelope.
"""

from dataclasses import dataclass, replace
from datetime import timedelta

from compliance.rulebook.chosen import chosen_now, sooner
from compliance.rulebook.decision import (
    ALLOW,
    NOT_APPLICABLE,
    Answer,
    Reason,
    Verdict,
    defer,
    refuse,
)
from compliance.rulebook.facts import CallFacts, ChosenTimeFacts
from compliance.rulebook.opening import DailyHours, daily_hours, rest_hours, text
from compliance.rulebook.rule import call_rule
from compliance.rulebook.stated import Stated
from compliance.rulebook.timetable import Timetable, offday_hours, whole_timetable
from compliance.rulebook.unknowns import CALENDAR_UNKNOWN, DAY_UNANNOUNCED, PURPOSE_UNKNOWN

OUTSIDE_ENVELOPE = Reason(
    code="outside_envelope",
    zh="现在是绝对禁呼时段；最宽只可在 {hours} 外呼。",
    en="Nobody may be called at this time of day; the widest hours are {hours}.",
)
OUTSIDE_WINDOW = Reason(
    code="outside_window",
    zh="现在不在该目的的外呼时段（{hours}）内。",
    en="It is outside the hours for this purpose ({hours}).",
)
NOON_REST = Reason(
    code="noon_rest",
    zh="现在是午休时间；可在 {hours} 外呼。",
    en="It is the noon rest; calls may be made in {hours}.",
)
DAY_OFF = Reason(
    code="day_off",
    zh="今天是周末或法定节假日，该目的不外呼。",
    en="Today is a day off, on which this purpose does not call.",
)
DAY_OFF_HOURS = Reason(
    code="day_off_hours",
    zh="今天是周末或法定节假日，该目的只可在 {hours} 外呼。",
    en="Today is a day off, on which this purpose may only call in {hours}.",
)
CLOSING = Reason(
    code="closing",
    zh="距本外呼时段结束不足 {minutes} 分钟，不再发起新呼叫。",
    en="The calling hours end within {minutes} minutes, so no new call is begun.",
)


@call_rule(PURPOSE_UNKNOWN, OUTSIDE_ENVELOPE, params=daily_hours)
def envelope(facts: CallFacts, params: DailyHours) -> Answer:
    """Defer outside the hours beyond which nobody is ever called."""
    return _daily(facts, params, OUTSIDE_ENVELOPE, yields=False)


@call_rule(PURPOSE_UNKNOWN, OUTSIDE_WINDOW, params=daily_hours)
def purpose_window(facts: CallFacts, params: DailyHours) -> Answer:
    """Defer outside the hours of the campaign's purpose."""
    return _daily(facts, params, OUTSIDE_WINDOW, yields=True)


@call_rule(PURPOSE_UNKNOWN, NOON_REST, params=rest_hours)
def noon_rest(facts: CallFacts, params: DailyHours) -> Answer:
    """Defer during the noon rest, unless the purpose answers a person's own request."""
    return _daily(facts, params, NOON_REST, yields=True)


def _daily(facts: CallFacts, hours: DailyHours, reason: Reason, *, yields: bool) -> Answer:
    purpose = facts.filing.purpose
    open_ = hours.open.get(purpose)
    if open_ is None:
        return refuse(PURPOSE_UNKNOWN, purpose=purpose)
    second = (facts.at - hours.clock.midnight).seconds
    for first, last in open_:
        if first <= second < last:
            return ALLOW
    if yields and chosen_now(facts) is not None:
        return NOT_APPLICABLE
    until = hours.next_opening(purpose, facts.at)
    if yields:
        until = sooner(until, facts)
    shown = text(open_)
    return refuse(reason, hours=shown) if until is None else defer(until, reason, hours=shown)


@call_rule(
    PURPOSE_UNKNOWN,
    CALENDAR_UNKNOWN,
    DAY_UNANNOUNCED,
    DAY_OFF,
    DAY_OFF_HOURS,
    params=offday_hours,
)
def day_kind_open(facts: CallFacts, params: Timetable) -> Answer:
    """Defer on weekends and holidays outside what the purpose may do then."""
    answer = params.judge(facts, hours=DAY_OFF_HOURS, closed=DAY_OFF)
    if answer.verdict is not Verdict.DEFER:
        return answer
    if chosen_now(facts) is not None:
        return NOT_APPLICABLE
    return replace(answer, retry_at=sooner(answer.retry_at, facts))


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardParams:
    """How long before the end of the hours the last call may begin."""

    timetable: Timetable
    envelope: DailyHours
    minutes: int


def _guard_params(stated: Stated) -> GuardParams:
    stated.only("minutes")
    return GuardParams(
        timetable=whole_timetable(stated),
        envelope=daily_hours(stated.borrowed("envelope")),
        minutes=stated.number("minutes"),
    )


@call_rule(PURPOSE_UNKNOWN, CALENDAR_UNKNOWN, CLOSING, params=_guard_params)
def end_guard(facts: CallFacts, params: GuardParams) -> Answer:
    """Defer in the last minutes of a span of hours: ringing takes time too."""
    open_ = params.timetable.today(facts)
    if isinstance(open_, Answer):
        return open_
    second = (facts.at - params.timetable.clock.midnight).seconds
    for first, last in open_:
        if first <= second < last - params.minutes * 60:
            return ALLOW
    wish = chosen_now(facts)
    if wish is not None:
        return _end_of_wish(wish, facts, params)
    ends = [last for first, last in open_ if first <= second < last]
    return _closing(facts, params, ends[0]) if ends else ALLOW  # closed, as other rules say


def _end_of_wish(wish: ChosenTimeFacts, facts: CallFacts, params: GuardParams) -> Answer:
    """Guard the end of the person's own time, and of the envelope around it."""
    if facts.at >= wish.until_at - timedelta(minutes=params.minutes):
        return defer(wish.until_at, CLOSING, minutes=params.minutes)
    second = (facts.at - params.timetable.clock.midnight).seconds
    for first, last in params.envelope.open[facts.filing.purpose]:
        if first <= second < last and second >= last - params.minutes * 60:
            return _closing(facts, params, last)
    return ALLOW


def _closing(facts: CallFacts, params: GuardParams, last: int) -> Answer:
    clock = params.timetable.clock
    return defer(clock.instant(clock.day(facts.at), last), CLOSING, minutes=params.minutes)
