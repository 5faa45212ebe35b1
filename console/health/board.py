"""All parts, read one by one: what breaks one reader is that part's own state."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from compliance.numbers import Words
from console.health import host, law, processes, stores, trail
from console.health.part import Face, Part, Reader, State

log = logging.getLogger(__name__)
UNREAD = Words("无法读取（{why}）", "cannot be read ({why})")
Known = tuple[Face, Reader]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Parts that belong together."""

    name: Words
    parts: Sequence[Part]


_GROUPS: tuple[tuple[Words, tuple[Known, ...]], ...] = (
    (
        Words("停呼与规则", "Stops and rules"),
        (
            (law.STOPS, law.stops),
            (law.RULEBOOK, law.rulebook),
            (law.DEPLOYMENT, law.deployment),
            (law.LISTS, law.lists),
            (law.CALENDAR, law.calendar),
        ),
    ),
    (
        Words("存储与进程", "Stores and processes"),
        (
            (stores.DATABASE, stores.database),
            (stores.BROKER, stores.broker),
            (processes.LINE, processes.lines),
            (processes.SCHEDULE, processes.schedule),
            (processes.PLAYER, processes.player),
        ),
    ),
    (
        Words("审计与对账", "Trail and wire"),
        (
            (trail.SEALING, trail.sealing),
            (trail.ALARMS, trail.alarms),
            (trail.ANCHORS, trail.anchors),
            (trail.WITNESS, trail.witness),
            (trail.RECONCILIATION, trail.reconciliation),
        ),
    ),
    (
        Words("主机", "Machine"),
        (
            (host.DISK, host.disk),
            (host.CLOCK, host.clock_skew),
            (host.KEYS, host.keys),
            (host.JOURNALS, host.journals),
        ),
    ),
)


# Papers are many tables: they have a fragment of the page to themselves.
_PAPERS = (Words("证照与期限", "Papers and deadlines"), ((law.CLOCKS, law.clocks),))


def board(*, now: datetime) -> Sequence[Group]:
    """Return every part but the papers; `now` is the instant that the rules go by."""
    return _groups(_GROUPS, now)


def papers(*, now: datetime) -> Sequence[Group]:
    """Return how the papers stand that calls rest on."""
    return _groups((_PAPERS,), now)


def everything(*, now: datetime) -> list[Part]:
    """Return all parts, one after the other."""
    return parts_of([*board(now=now), *papers(now=now)])


def _groups(groups: Sequence[tuple[Words, tuple[Known, ...]]], now: datetime) -> Sequence[Group]:
    return [
        Group(name=name, parts=[part for known in readers for part in _read(known, now)])
        for name, readers in groups
    ]


def parts_of(groups: Sequence[Group]) -> list[Part]:
    """Return the parts of all groups."""
    return [part for group in groups for part in group.parts]


def _read(known: Known, now: datetime) -> Sequence[Part]:
    face, reader = known
    try:
        return list(reader(now))
    except Exception as error:  # a part that cannot be read is not fine, and hides no other
        log.exception("health: %s cannot be read", face.code)
        return [face.seen(State.UNKNOWN, UNREAD.filled(why=type(error).__name__))]
