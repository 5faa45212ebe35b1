"""The queue of complaints with their clocks, and one case, as its reader may see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from compliance.lists.moments import LOCAL
from compliance.models import Complaint, ComplaintEvent, User
from compliance.numbers import Words
from compliance.selectors.complaints import complaints_for, still_open
from console.asked import day_from, whole_from
from dialer.models import Attempt

ON_A_PAGE = 30
NEAR_DAYS = 2
Kind = ComplaintEvent.Kind
NEXT = {
    "assign": Words("待分派", "to be given to a handler"),
    "find": Words("待查实认定", "to be looked into and found"),
    "answer": Words("待答复渠道", "to be answered"),
    "close": Words("可办结", "can be closed"),
    "": Words("已办结", "closed"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """One of a case's days, and how it stands today."""

    words: Words
    on: date
    days: int  # left; below 0: over
    tone: str  # late, near, fine


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A complaint in the queue."""

    complaint: Complaint
    clocks: Sequence[Clock]  # none once it is closed
    next: str  # a key of NEXT
    steps: frozenset[str]

    @property
    def waits_for(self) -> Words:
        """What has to happen next."""
        return NEXT[self.next]

    @property
    def late(self) -> bool:
        """Whether one of its days is over."""
        return any(clock.tone == "late" for clock in self.clocks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """One page of cases, and where the next one begins."""

    cases: Sequence[Case]
    after: str
    open: int
    closed: int


def queue(*, reader: User, closed: bool, after: str, now: datetime) -> Queue:
    """Return the open cases, the most urgent first; or the closed ones, the newest first."""
    mine = complaints_for(reader)
    opened = still_open(mine)
    rows = mine.filter(Exists(_events(Kind.CLOSED))) if closed else opened
    found = list(_ordered(rows, closed=closed, after=after)[: ON_A_PAGE + 1])
    more = len(found) > ON_A_PAGE
    found = found[:ON_A_PAGE]
    return Queue(
        cases=[case_of(row, now=now) for row in found],
        after=_place(found[-1], closed=closed) if more else "",
        open=opened.count(),
        closed=mine.filter(Exists(_events(Kind.CLOSED))).count(),
    )


def case_of(complaint: Complaint, *, now: datetime) -> Case:
    """Return the case with its clocks and what it waits for."""
    steps = frozenset(event.kind for event in complaint.events.all())
    done = Kind.CLOSED in steps
    today = now.astimezone(LOCAL).date()
    return Case(
        complaint=complaint,
        clocks=[] if done else _clocks(complaint, today),
        next=_next(steps),
        steps=steps,
    )


def calls_of(complaint: Complaint) -> Sequence[Attempt]:
    """Return the calls that the case is about, their recordings and what agents said."""
    permits = [one.permit_id for one in complaint.accused.all() if one.permit_id]
    rows = Attempt.objects.filter(permit__in=permits).order_by("-started_at")
    return list(
        rows.select_related("permit__seat", "permit__filing", "recording").prefetch_related(
            "wrap_ups"
        )
    )


def handlers_for(complaint: Complaint) -> Sequence[User]:
    """Return the compliance officers who have no part in the case."""
    officers = User.objects.filter(role=User.Role.COMPLIANCE, is_active=True).order_by("pk")
    return [one for one in officers if complaints_for(one).filter(pk=complaint.pk).exists()]


def _ordered(rows: QuerySet[Complaint], *, closed: bool, after: str) -> QuerySet[Complaint]:
    rows = rows.select_related("person").prefetch_related("events")
    day, _, key = after.partition("_")
    place = _both(day_from(day), whole_from(key))
    if closed:
        older = Q(pk__lt=place[1]) if place else Q()
        return rows.filter(older).order_by("-pk")
    later = Q(due_on__gt=place[0]) | Q(due_on=place[0], pk__gt=place[1]) if place else Q()
    return rows.filter(later).order_by("due_on", "pk")


def _both(day: date | None, key: int | None) -> tuple[date, int] | None:
    return None if day is None or key is None else (day, key)


def _place(last: Complaint, *, closed: bool) -> str:  # noqa: ARG001 - the same for both orders
    return f"{last.due_on}_{last.pk}"


def _clocks(complaint: Complaint, today: date) -> Sequence[Clock]:
    days = (
        (Words("内部时限", "our own time"), complaint.internal_due_on),
        (Words("升级", "escalates"), complaint.escalate_on),
        (Words("办结期限", "due"), complaint.due_on),
    )
    return [
        Clock(words=words, on=day, days=(day - today).days, tone=_tone((day - today).days))
        for words, day in days
    ]


def _tone(days: int) -> str:
    if days < 0:
        return "late"
    return "near" if days <= NEAR_DAYS else "fine"


def _next(steps: frozenset[str]) -> str:
    if Kind.CLOSED in steps:
        return ""
    if not steps & {Kind.UPHELD, Kind.REJECTED}:
        return "find" if Kind.ASSIGNED in steps else "assign"
    return "close" if Kind.ANSWERED in steps else "answer"


def _events(kind: Kind) -> QuerySet[ComplaintEvent]:
    return ComplaintEvent.objects.filter(complaint=OuterRef("pk"), kind=kind)
