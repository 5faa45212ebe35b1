"""Where a campaign's leads stand on their way from the list to a call."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from compliance.books import book
from console.words import family_of

# A lead that is due is the gate's to decide again; one that has to wait, or never may be called,
# stands where its last decision put it. Where several rules object, the first line that fits.
_STANDINGS = """
SELECT standing, count(*), min(due_at) FILTER (WHERE standing IN ('hours', 'caps', 'later', 'order')
           AND due_at > %(now)s AND state = 'waiting'),
       count(*) FILTER (WHERE last_decision IS NULL AND state = 'waiting')
  FROM (
    SELECT l.due_at, l.state, l.last_decision, CASE
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
     WHERE %(campaign)s::bigint IS NULL OR l.campaign_id = %(campaign)s
  ) AS leads
 GROUP BY standing
"""
FAMILIES = {"CON": "consent", "REF": "refusal", "TIM": "hours", "FRQ": "caps", "DIA": "caps"}
DROPS = ("consent", "refusal", "order", "hours", "caps")


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

    @property
    def total(self) -> int:
        """Return how many leads there are."""
        return sum(getattr(self, name) for name in DROPS) + self.open

    @property
    def open(self) -> int:
        """Return how many leads no rule holds back."""
        return self.ready + self.calling + self.later + self.done

    @property
    def done(self) -> int:
        """Return how many leads need no further try."""
        return self.talked + self.unreached


def waterfall(*, campaign_id: int | None, now: datetime) -> Waterfall:
    """Count the leads of one campaign, or of all, by where they stand."""
    rules: dict[str, list[str]] = {name: [] for name in DROPS}
    for rule in book().rules():
        rules[FAMILIES.get(family_of(rule.id), "order")].append(rule.id)
    with connection.cursor() as cursor:
        cursor.execute(_STANDINGS, {"campaign": campaign_id, "now": now, **rules})
        rows = cursor.fetchall()
    counts = {standing: count for standing, count, _, _ in rows}
    return Waterfall(
        **{name: counts.get(name, 0) for name in (*DROPS, "ready", "calling", "later")},
        talked=counts.get("talked", 0),
        unreached=counts.get("unreached", 0),
        unasked=sum(unasked for _, _, _, unasked in rows),
        next_at=min((due for _, _, due, _ in rows if due), default=None),
    )
