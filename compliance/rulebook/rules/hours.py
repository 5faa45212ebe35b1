"""Calling hours: the envelope, each purpose's window, the noon rest, days off, the end guard."""

from dataclasses import dataclass

from compliance.rulebook.decision import ALLOW, Answer, Reason, defer, refuse
from compliance.rulebook.facts import CallFacts
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
    return _daily(facts, params, OUTSIDE_ENVELOPE)


@call_rule(PURPOSE_UNKNOWN, OUTSIDE_WINDOW, params=daily_hours)
def purpose_window(facts: CallFacts, params: DailyHours) -> Answer:
    """Defer outside the hours of the campaign's purpose."""
    return _daily(facts, params, OUTSIDE_WINDOW)


@call_rule(PURPOSE_UNKNOWN, NOON_REST, params=rest_hours)
def noon_rest(facts: CallFacts, params: DailyHours) -> Answer:
    """Defer during the noon rest, unless the purpose answers a person's own request."""
    return _daily(facts, params, NOON_REST)


def _daily(facts: CallFacts, hours: DailyHours, reason: Reason) -> Answer:
    purpose = facts.filing.purpose
    open_ = hours.open.get(purpose)
    if open_ is None:
        return refuse(PURPOSE_UNKNOWN, purpose=purpose)
    second = (facts.at - hours.clock.midnight).seconds
    for first, last in open_:
        if first <= second < last:
            return ALLOW
    until = hours.next_opening(purpose, facts.at)
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
    return params.judge(facts, hours=DAY_OFF_HOURS, closed=DAY_OFF)


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardParams:
    """How long before the end of the hours the last call may begin."""

    timetable: Timetable
    minutes: int


def _guard_params(stated: Stated) -> GuardParams:
    stated.only("minutes")
    return GuardParams(timetable=whole_timetable(stated), minutes=stated.number("minutes"))


@call_rule(PURPOSE_UNKNOWN, CALENDAR_UNKNOWN, CLOSING, params=_guard_params)
def end_guard(facts: CallFacts, params: GuardParams) -> Answer:
    """Defer in the last minutes of a span of hours: ringing takes time too."""
    open_ = params.timetable.today(facts)
    if isinstance(open_, Answer):
        return open_
    clock = params.timetable.clock
    day, second = clock.split(facts.at)
    for first, last in open_:
        if first <= second < last and second >= last - params.minutes * 60:
            return defer(clock.instant(day, last), CLOSING, minutes=params.minutes)
    return ALLOW
