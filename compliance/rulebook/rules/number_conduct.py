"""How a filed number is kept: its letters, its changes filed in time, reachable, never swapped."""

from dataclasses import dataclass

from compliance.rulebook.decision import ALLOW, Answer, Reason, refuse
from compliance.rulebook.facts import CallerFacts, FilingFacts
from compliance.rulebook.local import LocalClock
from compliance.rulebook.rule import clock_only, filing_rule
from compliance.rulebook.stated import Stated
from compliance.rulebook.unknowns import CALLER_UNKNOWN

LETTER_MISSING = Reason(
    code="letter_missing",
    zh="主叫号码 {number} 未列入承诺书：{letters}。",
    en="The caller number {number} is in the scope of no such letter: {letters}.",
)


def _letters(stated: Stated) -> frozenset[str]:
    stated.only("letters")
    return stated.names("letters")


@filing_rule(CALLER_UNKNOWN, LETTER_MISSING, params=_letters)
def letters_signed(facts: FilingFacts, params: frozenset[str]) -> Answer:
    """Refuse unless both commitment letters list the caller number."""
    caller = facts.caller
    if caller is None:
        return refuse(CALLER_UNKNOWN)
    missing = params.difference(caller.letters)
    if not missing:
        return ALLOW
    return refuse(LETTER_MISSING, number=caller.number, letters=",".join(sorted(missing)))


UNFILED = Reason(
    code="unfiled",
    zh="主叫号码 {number} 的变更应在 {last} 前办结备案，至今没有回执。",
    en="A change of the caller number {number} had to be filed by {last}; there is no receipt.",
)


@filing_rule(CALLER_UNKNOWN, UNFILED, params=clock_only)
def filed_in_time(facts: FilingFacts, params: LocalClock) -> Answer:
    """Refuse from the eleventh working day after a change that was not filed."""
    caller = facts.caller
    if caller is None:
        return refuse(CALLER_UNKNOWN)
    if not caller.unfiled:
        return ALLOW
    last = min(caller.unfiled)
    if params.day(facts.at) <= last.toordinal():
        return ALLOW
    return refuse(UNFILED, number=caller.number, last=last.isoformat())


NEVER_CALLED_BACK = Reason(
    code="never_called_back",
    zh="主叫号码 {number} 没有回拨测试记录。",
    en="Nobody has called the caller number {number} back to test it.",
)
CALL_BACK_OLD = Reason(
    code="call_back_old",
    zh="主叫号码 {number} 上次回拨测试为 {tested_on}，不在最近 {days} 天内。",
    en="The caller number {number} was last called back on {tested_on}, not within {days} days.",
)
CALL_BACK_DEAD = Reason(
    code="call_back_dead",
    zh="主叫号码 {number} 回拨不通，或未报明委托主体，或不能一键拒绝。",
    en="A call back to {number} reaches nobody who names the principal and takes a refusal.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallBackParams:
    """How often the number is called back, and when the lack of a test holds it."""

    clock: LocalClock
    hold_days: int


def _call_back(stated: Stated) -> CallBackParams:
    stated.only("test_days", "hold_days")
    if stated.number("hold_days") < stated.number("test_days"):
        raise ValueError("A number is held before its next test is due.")
    return CallBackParams(clock=stated.clock, hold_days=stated.number("hold_days"))


@filing_rule(CALLER_UNKNOWN, NEVER_CALLED_BACK, CALL_BACK_OLD, CALL_BACK_DEAD, params=_call_back)
def reachable(facts: FilingFacts, params: CallBackParams) -> Answer:
    """Refuse a number at which a call back finds nobody, or that nobody has tried of late."""
    caller = facts.caller
    if caller is None:
        return refuse(CALLER_UNKNOWN)
    tested_on = caller.called_back_on
    if tested_on is None:
        return refuse(NEVER_CALLED_BACK, number=caller.number)
    if caller.call_back_works is not True:
        return refuse(CALL_BACK_DEAD, number=caller.number)
    if 0 <= params.clock.day(facts.at) - tested_on.toordinal() <= params.hold_days:
        return ALLOW
    return refuse(
        CALL_BACK_OLD,
        number=caller.number,
        tested_on=tested_on.isoformat(),
        days=params.hold_days,
    )


NUMBER_COOLING = Reason(
    code="number_cooling",
    zh="委托主体的另一号码于 {marked_on} 被标记或投诉，{days} 天内不得改用新号码。",
    en="Another number of the principal was marked or complained of on {marked_on}; no new one "
    "for {days} days.",
)
CHANGE_UNAPPROVED = Reason(
    code="change_unapproved",
    zh="主叫号码 {number} 取代了另一号码，但没有经第二人批准的更换理由。",
    en="The caller number {number} took the place of another one without an approved reason.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeParams:
    """How long a principal stays with its numbers after one of them was marked."""

    clock: LocalClock
    cool_days: int


def _change(stated: Stated) -> ChangeParams:
    stated.only("cool_days")
    return ChangeParams(clock=stated.clock, cool_days=stated.number("cool_days"))


@filing_rule(CALLER_UNKNOWN, NUMBER_COOLING, CHANGE_UNAPPROVED, params=_change)
def no_running_away(facts: FilingFacts, params: ChangeParams) -> Answer:
    """Refuse a number that was taken up after a mark on another, or without an approval."""
    caller = facts.caller
    if caller is None:
        return refuse(CALLER_UNKNOWN)
    for marked_on in caller.others_marked_on:
        since = params.clock.day(facts.at) - marked_on.toordinal()
        if since < params.cool_days and caller.in_use_since >= marked_on:
            days, day = params.cool_days, marked_on.isoformat()
            return refuse(NUMBER_COOLING, marked_on=day, days=days)
    return _approved(caller)


def _approved(caller: CallerFacts) -> Answer:
    if caller.replaces is False or caller.change_approved is True:
        return ALLOW
    return refuse(CHANGE_UNAPPROVED, number=caller.number)
