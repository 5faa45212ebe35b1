"""Signs of a no short of saying it: calls turned away or cut short, and others' lists."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from compliance.rulebook.decision import (
    ALLOW,
    NOT_APPLICABLE,
    Answer,
    Reason,
    defer,
    latest,
    refuse,
)
from compliance.rulebook.facts import (
    ATTEMPT_DAYS,
    REJECTED_DAYS,
    AttemptFacts,
    CallFacts,
    ExternalListFacts,
)
from compliance.rulebook.rule import call_rule
from compliance.rulebook.stated import Stated, whole
from compliance.rulebook.unknowns import LEDGER_UNKNOWN, PURPOSE_UNKNOWN

TURNED_AWAY = Reason(
    code="turned_away",
    zh="被叫 {within} 天内 {count} 次拒接该委托主体，{days} 天内不再外呼。",
    en="The person turned this principal's calls away {count} times within {within} days; "
    "calling rests for {days} days.",
)
HUNG_UP = Reason(
    code="hung_up",
    zh="被叫接听后很快挂断，该委托主体 {days} 天内不再外呼。",
    en="The person hung up at once; this principal does not call for {days} days.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CoolDownParams:
    """How long a principal keeps silent after the person showed no wish to talk."""

    rejects: int
    within: timedelta
    reject_days: Mapping[str, int]  # by purpose; 0: no rest
    hang_up_days: Mapping[str, int]


def _cool_down(stated: Stated) -> CoolDownParams:
    stated.only("rejects", "within_days", "reject_days", "hang_up_days")
    reject_days, hang_up_days = _days(stated, "reject_days"), _days(stated, "hang_up_days")
    within = stated.number("within_days")
    if (
        within + max(reject_days.values()) > REJECTED_DAYS
        or max(hang_up_days.values()) > ATTEMPT_DAYS
    ):
        raise ValueError("The facts do not reach back as far as this rest.")
    return CoolDownParams(
        rejects=stated.number("rejects"),
        within=timedelta(days=within),
        reject_days=reject_days,
        hang_up_days=hang_up_days,
    )


def _days(stated: Stated, key: str) -> Mapping[str, int]:
    return Stated(table=stated.table[key], clock=stated.clock, used={}).by_purpose(whole)


@call_rule(LEDGER_UNKNOWN, PURPOSE_UNKNOWN, TURNED_AWAY, HUNG_UP, params=_cool_down)
def cooled_down(facts: CallFacts, params: CoolDownParams) -> Answer:
    """Defer for months after calls turned away, and for weeks after one cut short."""
    if facts.attempts is None:
        return refuse(LEDGER_UNKNOWN)
    reject_days = params.reject_days.get(facts.filing.purpose)
    hang_up_days = params.hang_up_days.get(facts.filing.purpose)
    if reject_days is None or hang_up_days is None:
        return refuse(PURPOSE_UNKNOWN, purpose=facts.filing.purpose)
    if not facts.attempts:
        return ALLOW
    own = [attempt for attempt in facts.attempts if attempt.same_principal]
    rests = [
        _after_rejects(own, params, reject_days),
        _after_hang_up(own, hang_up_days),
    ]
    waiting = [rest for rest in rests if rest is not ALLOW]
    return latest([rest for rest in waiting if rest.retry_at and rest.retry_at > facts.at])


def _after_rejects(own: list[AttemptFacts], params: CoolDownParams, days: int) -> Answer:
    times: list[datetime] = sorted([one.at for one in own if one.rejected])
    if len(times) < params.rejects:
        return ALLOW
    runs = zip(times, times[params.rejects - 1 :], strict=False)
    ends = [last for first, last in runs if last - first <= params.within]
    if not ends:
        return ALLOW
    return defer(
        ends[-1] + timedelta(days=days),
        TURNED_AWAY,
        count=params.rejects,
        within=params.within.days,
        days=days,
    )


def _after_hang_up(own: list[AttemptFacts], days: int) -> Answer:
    times = [one.at for one in own if one.answered and not one.conversation and not one.abandoned]
    if not times:
        return ALLOW
    return defer(max(times) + timedelta(days=days), HUNG_UP, days=days)


LISTS_UNKNOWN = Reason(
    code="lists_unknown",
    zh="无法核对外部谢绝来电名单，按在名单内处理。",
    en="The do-not-call lists of others could not be asked; that counts as being on one.",
)
LIST_REQUIRED = Reason(
    code="list_required",
    zh="该行业须核对外部谢绝来电名单，但尚未登记任何名单。",
    en="This kind of business must ask a do-not-call list, and none is registered.",
)
LISTED = Reason(
    code="listed",
    zh="被叫在外部谢绝来电名单 {list} 中（版本 {version}）。",
    en="The number is on the do-not-call list {list} (version {version}).",
)
LIST_STALE = Reason(
    code="list_stale",
    zh="外部谢绝来电名单 {list} 已逾 {hours} 小时未更新，按故障即停处理。",
    en="The do-not-call list {list} is more than {hours} hours old; until it is read, no call.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListParams:
    """How old a list may grow, and which kinds of business cannot call without one."""

    max_age: timedelta
    recheck: timedelta
    required: frozenset[str]  # industries


def _lists(stated: Stated) -> ListParams:
    stated.only("max_age_hours", "recheck_minutes", "required")
    return ListParams(
        max_age=timedelta(hours=stated.number("max_age_hours")),
        recheck=timedelta(minutes=stated.number("recheck_minutes")),
        required=stated.names("required"),
    )


@call_rule(LISTS_UNKNOWN, LIST_REQUIRED, LISTED, LIST_STALE, params=_lists)
def off_external_lists(facts: CallFacts, params: ListParams) -> Answer:
    """Refuse a number on a list that binds the industry; defer while such a list is stale."""
    lists, found = facts.filing.external_lists, facts.callee.external_lists
    if lists is None or found is None:
        return refuse(LISTS_UNKNOWN)
    if not lists:
        required = facts.filing.industry in params.required
        return refuse(LIST_REQUIRED) if required else NOT_APPLICABLE
    for each in lists:
        if each.code in found:
            return refuse(LISTED, list=each.code, version=each.version)
    return _stale(lists, facts, params)


def _stale(lists: tuple[ExternalListFacts, ...], facts: CallFacts, params: ListParams) -> Answer:
    hours = params.max_age // timedelta(hours=1)
    for each in lists:
        fresh = each.as_of is not None and timedelta() <= facts.at - each.as_of <= params.max_age
        if not fresh:  # a list from the future is no list that anybody has read
            return defer(facts.at + params.recheck, LIST_STALE, list=each.code, hours=hours)
    return ALLOW
