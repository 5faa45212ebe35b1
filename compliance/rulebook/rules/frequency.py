"""How often a person may be called: counted from every permit, answered or not."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from compliance.rulebook.decision import ALLOW, Answer, Reason, defer, refuse
from compliance.rulebook.facts import AttemptFacts, CallFacts
from compliance.rulebook.rule import call_rule
from compliance.rulebook.stated import Stated, whole
from compliance.rulebook.unknowns import LEDGER_UNKNOWN, PURPOSE_UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Cap:
    """At most `most` calls in any `window`."""

    most: int
    window: timedelta
    name: str  # as the pack writes it: h24, d7


Caps = tuple[Cap, ...]
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1)}


def _caps(table: Any) -> Caps:
    """Read a table such as {h24 = 2, d7 = 3}."""
    if not table:
        raise ValueError("A purpose without any cap could be called without end.")
    return tuple(
        Cap(most=whole(most, least=1), window=_UNITS[name[0]] * int(name[1:]), name=name)
        for name, most in table.items()
    )


def _full(times: list[datetime], at: datetime, caps: Caps) -> tuple[datetime, Cap] | None:
    """Return when the last full cap frees a place, and that cap; None if all have places."""
    latest: tuple[datetime, Cap] | None = None
    for cap in caps:
        if len(times) < cap.most:
            continue
        since = at - cap.window
        inside = sorted(time for time in times if time > since)
        if len(inside) < cap.most:
            continue
        free_at = inside[len(inside) - cap.most] + cap.window
        if latest is None or free_at > latest[0]:
            latest = free_at, cap
    return latest


CALLED_OFTEN = Reason(
    code="called_often",
    zh="该委托主体对该被叫的呼叫已达上限：{window} 内 {most} 次。",
    en="This principal has called the person as often as it may: {most} times in {window}.",
)
CALLED_OFTEN_BY_ALL = Reason(
    code="called_often_by_all",
    zh="本平台对该被叫的呼叫已达上限：{window} 内 {most} 次。",
    en="The person has been called from here as often as allowed: {most} times in {window}.",
)


def _principal_caps(stated: Stated) -> Mapping[str, Caps]:
    return stated.by_purpose(_caps)


@call_rule(LEDGER_UNKNOWN, PURPOSE_UNKNOWN, CALLED_OFTEN, params=_principal_caps)
def same_principal(facts: CallFacts, params: Mapping[str, Caps]) -> Answer:
    """Defer once the principal has called the person as often as its purpose may."""
    if facts.attempts is None:
        return refuse(LEDGER_UNKNOWN)
    caps = params.get(facts.filing.purpose)
    if caps is None:
        return refuse(PURPOSE_UNKNOWN, purpose=facts.filing.purpose)
    if not facts.attempts:
        return ALLOW
    times = [attempt.at for attempt in facts.attempts if attempt.same_principal]
    full = _full(times, facts.at, caps)
    if full is None:
        return ALLOW
    return defer(full[0], CALLED_OFTEN, window=full[1].name, most=full[1].most)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformParams:
    """Caps over all principals; some purposes are counted by themselves."""

    together: Caps
    apart: Mapping[str, Caps]  # by purpose


def _platform_caps(stated: Stated) -> PlatformParams:
    stated.only("together", "apart")
    apart = {purpose: _caps(table) for purpose, table in stated.table["apart"].items()}
    return PlatformParams(together=_caps(stated.table["together"]), apart=apart)


@call_rule(LEDGER_UNKNOWN, CALLED_OFTEN_BY_ALL, params=_platform_caps)
def whole_platform(facts: CallFacts, params: PlatformParams) -> Answer:
    """Defer once the person has been called from here as often as anybody may be."""
    if facts.attempts is None:
        return refuse(LEDGER_UNKNOWN)
    if not facts.attempts:
        return ALLOW
    full = _full(_counted(facts, facts.attempts, params), facts.at, _caps_of(facts, params))
    if full is None:
        return ALLOW
    return defer(full[0], CALLED_OFTEN_BY_ALL, window=full[1].name, most=full[1].most)


def _counted(
    facts: CallFacts, attempts: tuple[AttemptFacts, ...], params: PlatformParams
) -> list[datetime]:
    purpose = facts.filing.purpose
    if purpose in params.apart:
        return [attempt.at for attempt in attempts if attempt.purpose == purpose]
    return [attempt.at for attempt in attempts if attempt.purpose not in params.apart]


def _caps_of(facts: CallFacts, params: PlatformParams) -> Caps:
    return params.apart.get(facts.filing.purpose, params.together)


UNDER_WAY = Reason(
    code="under_way",
    zh="该被叫已有未结束的呼叫或未用完的外呼许可。",
    en="A call to the person is already under way, or a permit for one is open.",
)


def _recheck(stated: Stated) -> timedelta:
    stated.only("recheck_seconds")
    return timedelta(seconds=stated.number("recheck_seconds"))


@call_rule(LEDGER_UNKNOWN, UNDER_WAY, params=_recheck)
def reserved(facts: CallFacts, params: timedelta) -> Answer:
    """Refuse without the ledger; defer while any permit for the person is open."""
    if facts.attempts is None or facts.health.ledger_readable is not True:
        return refuse(LEDGER_UNKNOWN)
    for attempt in facts.attempts:
        if attempt.open:
            return defer(facts.at + params, UNDER_WAY)
    return ALLOW
