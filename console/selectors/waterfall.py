"""Where a campaign's leads stand on their way from the list to a call."""

import re
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import connection
from django.db.models.expressions import RawSQL

from compliance.editions import book_to_show
from console.words import STANDINGS, STEPS, STOPS, Words, family_of

# A lead that is due is the gate's to decide again; one that has to wait, or never may be called,
# stands where its last decision put it. Where several rules object, the first line that fits.
_LEADS = """
    SELECT l.campaign_id, l.due_at, l.state, l.last_decision, CASE
        WHEN l.state = 'done' AND l.last_result = 'answered' THEN 'talked'
        WHEN l.state = 'done' THEN 'unreached'
        WHEN l.state = 'claimed' THEN 'calling'
        WHEN l.state = 'waiting' AND l.due_at <= %(now)s THEN 'ready'
        WHEN d.objecting_rules ?| %(consent)s THEN 'consent'
        WHEN d.objecting_rules ?| %(refusal)s THEN 'refusal'
        WHEN d.objecting_rules ?| %(order)s THEN 'order'
        WHEN d.objecting_rules ?| %(hours)s THEN 'hours'
        WHEN d.objecting_rules ?| %(caps)s THEN 'caps'
        WHEN l.state = 'blocked' THEN 'order'
        ELSE 'later' END AS standing
      FROM dialer_lead l LEFT JOIN compliance_decision d ON d.id = l.last_decision
"""
_STANDINGS = f"""
SELECT campaign_id, standing, count(*),
       min(due_at) FILTER (WHERE state = 'waiting' AND due_at > %(now)s),
       count(*) FILTER (WHERE state = 'waiting' AND last_decision IS NULL)
  FROM ({_LEADS}) AS leads
 GROUP BY campaign_id, standing
"""  # noqa: S608 - of this module alone  # nosec B608
_LAST = f"""
SELECT last_decision FROM ({_LEADS}) AS leads WHERE standing = %(standing)s
"""  # noqa: S608 - of this module alone  # nosec B608
_NAME = re.compile(r"%\((\w+)\)s")
FAMILIES = {"CON": "consent", "REF": "refusal", "TIM": "hours", "FRQ": "caps", "DIA": "caps"}
DROPS = ("consent", "refusal", "order", "hours", "caps")
OPEN = ("ready", "calling", "later", "talked", "unreached")
COUNTS = (*DROPS, *OPEN, "unasked")
DECIDED = (*DROPS, "talked", "unreached")  # where a lead stands by a decision about it


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of the way from the list to a call."""

    code: str
    left: int  # leads that pass
    stopped: int
    share: int  # of the whole list, 0..100
    stopped_share: int

    @property
    def label(self) -> Words:
        """Say who passes."""
        return STEPS[self.code]

    @property
    def why(self) -> Words:
        """Say why the others do not."""
        return STOPS[self.code]


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """One part of the leads that may be called, as a part of a bar 100 wide."""

    code: str
    count: int
    begins: float
    width: float

    @property
    def decided(self) -> bool:
        """Return whether a decision stands behind each of them."""
        return self.code in DECIDED

    @property
    def label(self) -> Words:
        """Say what these leads are doing."""
        return STANDINGS[self.code]


def _step(code: str, left: int, stopped: int, total: int) -> Step:
    return Step(
        code=code,
        left=left,
        stopped=stopped,
        share=percent(left, total),
        stopped_share=percent(stopped, total),
    )


def percent(part: int, whole: int) -> int:
    """Return a share in whole percent, never 0 for something and never 100 for less than all."""
    if part in (0, whole) or whole == 0:
        return 100 if part and whole else 0
    return min(99, max(1, round(100 * part / whole)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Waterfall:
    """How many leads stand where; every lead of the campaign is in exactly one place."""

    consent: int  # stopped: no consent that covers the call
    refusal: int  # stopped: the person said no
    order: int  # stopped by licence, filing, number, line or health
    hours: int  # waiting for calling hours
    caps: int  # waiting because of a cap
    ready: int  # may be asked for now
    calling: int
    later: int  # called before; the next try is not due yet
    talked: int
    unreached: int
    unasked: int  # of `ready`: the gate has not been asked yet
    next_at: datetime | None  # the first instant at which somebody who waits is due

    def __add__(self, other: "Waterfall") -> "Waterfall":
        counts = {name: getattr(self, name) + getattr(other, name) for name in COUNTS}
        due = [at for at in (self.next_at, other.next_at) if at is not None]
        return Waterfall(**counts, next_at=min(due, default=None))

    @property
    def total(self) -> int:
        """Return how many leads there are."""
        return self.consent + self.refusal + self.order + self.hours + self.caps + self.open

    @property
    def open(self) -> int:
        """Return how many leads no rule holds back."""
        return self.ready + self.calling + self.later + self.done

    @property
    def stopped(self) -> int:
        """Return how many leads a rule holds back now."""
        return self.total - self.open

    @property
    def waiting(self) -> int:
        """Return how many leads wait, for their turn or for their next try."""
        return self.ready + self.later

    @property
    def steps(self) -> list[Step]:
        """Return the way from the list to a call; an unusual step only if it stops anybody."""
        left, steps = self.total, [_step("list", self.total, 0, self.total)]
        for name in DROPS:
            stopped = getattr(self, name)
            left -= stopped
            if stopped or name != "order":
                steps.append(_step(name, left, stopped, self.total))
        return steps

    @property
    def segments(self) -> list[Segment]:
        """Return what the leads are doing that no rule holds back, as parts of one bar."""
        segments, begins = [], 0.0
        for name in OPEN:
            count = getattr(self, name)
            width = 100 * count / self.open if self.open else 0
            segments.append(Segment(code=name, count=count, begins=begins, width=width))
            begins += width
        return segments

    @property
    def done(self) -> int:
        """Return how many leads need no further try."""
        return self.talked + self.unreached


def waterfalls(*, now: datetime) -> dict[int, Waterfall]:
    """Count the leads of every campaign by where they stand; the keys are the campaigns' ids."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDINGS, {"now": now, **_rules(now)})
        rows = cursor.fetchall()
    found: dict[int, Waterfall] = {}
    for campaign_id, standing, count, due_at, unasked in rows:
        part = replace(EMPTY, **{standing: count}, unasked=unasked, next_at=due_at)
        found[campaign_id] = found.get(campaign_id, EMPTY) + part
    return found


def last_decisions(standing: str, *, now: datetime) -> RawSQL:
    """Select the ids of the decisions by which leads stand there."""
    given = {"now": now, "standing": standing, **_rules(now)}
    values = [given[name] for name in _NAME.findall(_LAST)]
    return RawSQL(_NAME.sub("%s", _LAST), values)  # noqa: S611 - as above  # nosec B611


def _rules(now: datetime) -> dict[str, list[str]]:
    """Return the rules of the book in force by where they let a lead drop."""
    rules: dict[str, list[str]] = {name: [] for name in DROPS}
    for rule in book_to_show(now).rules():
        rules[FAMILIES.get(family_of(rule.id), "order")].append(rule.id)
    return rules


EMPTY = Waterfall(
    consent=0,
    refusal=0,
    order=0,
    hours=0,
    caps=0,
    ready=0,
    calling=0,
    later=0,
    talked=0,
    unreached=0,
    unasked=0,
    next_at=None,
)
