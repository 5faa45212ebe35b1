"""The kill switches that are thrown: whom each stops, in words, since when and by whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from compliance.editions import book_to_show
from compliance.models import KillSwitch, Principal, User
from compliance.models.words import Industry
from compliance.numbers import PROVINCES, Words
from console.models import Approval
from console.selectors.decisions_wanted import local_text

RULE = "CN13-GOV-08"
KIND = "kill_switch"  # console.approvals.kinds
Scope = KillSwitch.Scope
EVERYTHING = Words("全平台", "the whole platform")
OF = {
    Scope.PROVINCE: Words("省份：{name}", "province: {name}"),
    Scope.INDUSTRY: Words("行业：{name}", "industry: {name}"),
    Scope.PRINCIPAL: Words("委托主体：{name}", "principal: {name}"),
}
MACHINE = Words("系统（{name}）", "the system ({name})")
ENDED_SHOWN = 10


class Name(NamedTuple):
    """What somebody or something is called; it may be alike in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One switch, as people read it."""

    switch: KillSwitch
    whom: Words
    by: Name
    release: Approval | None  # that waits for a second person
    since: str  # as the filter of the decisions takes it

    @property
    def whole(self) -> bool:
        """Return whether it stops every call."""
        return self.switch.scope == Scope.PLATFORM


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One target that a switch can have."""

    code: str
    name: Name


def stops_in_force() -> list[KillSwitch]:
    """Return the switches that are thrown, the widest and the oldest first."""
    thrown = KillSwitch.objects.filter(released_at=None).order_by("engaged_at", "pk")
    return sorted(thrown, key=lambda one: one.scope != Scope.PLATFORM)


def stops_shown(*, now: datetime) -> list[Stop]:
    """Return the switches that are thrown, in words."""
    return _told(stops_in_force(), now=now)


def stops_ended(*, now: datetime) -> list[Stop]:
    """Return the switches that were released last."""
    ended = KillSwitch.objects.exclude(released_at=None).order_by("-released_at")
    return _told(list(ended[:ENDED_SHOWN]), now=now)


def whom_of(switches: Sequence[KillSwitch], *, now: datetime) -> list[Words]:
    """Return whom each switch stops."""
    names = _principals(switches)
    return [_whom(one, names, now) for one in switches]


def provinces(*, now: datetime) -> list[Choice]:
    """Return the provinces that can be stopped."""
    words = book_to_show(now).words("region")
    return [_choice(code, words) for code in sorted(PROVINCES)]


def industries(*, now: datetime) -> list[Choice]:
    """Return the industries that can be stopped."""
    words = book_to_show(now).words("industry")
    return [_choice(code, words) for code in Industry.values]


def principals() -> list[Choice]:
    """Return the principals that can be stopped."""
    rows = Principal.objects.order_by("name", "pk").values_list("pk", "name")
    return [Choice(code=str(pk), name=Name(name, name)) for pk, name in rows]


def _told(switches: Sequence[KillSwitch], *, now: datetime) -> list[Stop]:
    switches = list(switches)
    people, waiting = _people(switches), _waiting(switches)
    return [
        Stop(
            switch=one,
            whom=whom,
            by=people.get(one.engaged_by) or _machine(one.engaged_by),
            release=waiting.get(str(one.pk)),
            since=local_text(one.engaged_at),
        )
        for one, whom in zip(switches, whom_of(switches, now=now), strict=True)
    ]


def _whom(switch: KillSwitch, names: Mapping[str, str], now: datetime) -> Words:
    if switch.scope == Scope.PLATFORM:
        return EVERYTHING
    of = OF[Scope(switch.scope)]
    if switch.scope == Scope.PRINCIPAL:
        return of.filled(name=names.get(switch.target, switch.target))
    kind = "region" if switch.scope == Scope.PROVINCE else "industry"
    said = _choice(switch.target, book_to_show(now).words(kind)).name
    return Words(of.filled(name=said.zh).zh, of.filled(name=said.en).en)


def _machine(actor: str) -> Name:
    said = MACHINE.filled(name=actor)
    return Name(said.zh, said.en)


def _choice(code: str, words: Mapping[str, Mapping[str, str]]) -> Choice:
    said = words.get(code, {})
    return Choice(code=code, name=Name(said.get("zh", code), said.get("en", code)))


def _principals(switches: Sequence[KillSwitch]) -> Mapping[str, str]:
    wanted = [int(one.target) for one in switches if one.scope == Scope.PRINCIPAL]
    if not wanted:
        return {}
    rows = Principal.objects.filter(pk__in=wanted).values_list("pk", "name")
    return {str(pk): name for pk, name in rows}


def _people(switches: Sequence[KillSwitch]) -> Mapping[str, Name]:
    ids = [
        int(one.engaged_by.removeprefix("u:"))
        for one in switches
        if one.engaged_by.startswith("u:") and one.engaged_by[2:].isdecimal()
    ]
    if not ids:
        return {}
    rows = User.objects.filter(pk__in=ids).values_list("pk", "real_name", "username")
    return {f"u:{pk}": Name(name or login, name or login) for pk, name, login in rows}


def _waiting(switches: Sequence[KillSwitch]) -> Mapping[str, Approval]:
    subjects = [str(one.pk) for one in switches if one.released_at is None]
    if not subjects:
        return {}
    open_ones = Approval.objects.filter(kind=KIND, subject__in=subjects, state=Approval.State.OPEN)
    return {one.subject: one for one in open_ones}
