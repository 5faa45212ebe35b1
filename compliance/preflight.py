"""How many of a campaign's people could be called: now, later, or never, and by which rules.

The same facts, read by the same text, go to the same `decide` as a permit's. What is supposed
besides is said in the report: that the campaign is active, and that the freest seat would call,
its agent rested and having just pressed ready: what a seat does now says nothing of a list.
Nothing is reserved, nothing is stored for anybody, and no permit can come of it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice

from django.db import connection, transaction

from audit import record as audit
from audit.uuid7 import uuid7
from compliance.editions import book_at
from compliance.models import CampaignFiling
from compliance.rulebook.decision import Decision, Verdict
from compliance.rulebook.engine import decide
from compliance.rulebook.facts import FilingFacts, SeatFacts
from compliance.selectors.call_facts import LOCAL, CallQuestion, read_calls
from compliance.selectors.freest_seat import freest_seat
from compliance.suppression import Suppression

BATCH = 2000  # people of one statement
NOBODY = 0  # no account has this id: the second person, as long as there is none


@dataclass(kw_only=True)
class Preflight:
    """What a pre-flight found."""

    campaign: str  # code
    state: str  # of the filing, as it stands
    at: datetime
    book_digest: str
    people: int = 0
    now: int = 0
    later: int = 0
    never: int = 0
    prefiltered: int = 0  # of those never called: refused, and not asked about any further
    objections: Counter[str] = field(default_factory=Counter)  # people, by rule
    refusing: Counter[str] = field(default_factory=Counter)  # of those: refused for good
    later_on: Counter[str] = field(default_factory=Counter)  # people, by local hour
    first_at: datetime | None = None  # the earliest and the latest instant for those who wait
    last_at: datetime | None = None

    def add(self, decision: Decision) -> None:
        """Count one person's decision."""
        self.people += 1
        for finding in decision.objections:
            self.objections[finding.rule_id] += 1
            if finding.answer.verdict is Verdict.REFUSE:
                self.refusing[finding.rule_id] += 1
        if decision.verdict is Verdict.ALLOW:
            self.now += 1
        elif decision.retry_at is None:
            self.never += 1
        else:
            self._wait(decision.retry_at)

    def _wait(self, until: datetime) -> None:
        self.later += 1
        self.later_on[f"{until + LOCAL:%Y-%m-%d %H:00}"] += 1
        self.first_at = min(self.first_at or until, until)
        self.last_at = max(self.last_at or until, until)

    def add_suppressed(self, rules: Sequence[str]) -> None:
        """Count one person whom a refusal covers."""
        self.people += 1
        self.never += 1
        self.prefiltered += 1
        self.objections.update(rules)
        self.refusing.update(rules)


@transaction.atomic(durable=True)
def preflight(
    *,
    filing: CampaignFiling,
    person_ids: Iterable[int],
    actor: str,
    now: datetime,
    at: datetime | None = None,
    suppression: Suppression | None = None,
) -> Preflight:
    """Judge a call to each of the people at `at`, by default now, on the facts of this moment.

    With a `suppression` the people whom it denies are not asked about.

    :raises FactsUnavailableError: if a fact could not be read
    """
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    question = CallQuestion(
        filing_id=filing.pk,
        person_id=0,
        seat_id=freest_seat(),
        request=uuid7(now),
        at=at or now,
        now=now,
    )
    book = book_at(question.at)
    found = Preflight(
        campaign=filing.code, state=filing.state, at=question.at, book_digest=book.digest
    )
    people = _asked(person_ids, suppression, found)
    active: FilingFacts | None = None
    for reading in read_calls(question, _batches(people)):
        active = active or as_if_active(reading.facts.filing)
        seat = as_if_ready(reading.facts.seat, at=question.at)
        found.add(decide(replace(reading.facts, filing=active, seat=seat), book))
    _record(found, filing, actor=actor, now=now)
    return found


def _asked(
    person_ids: Iterable[int], suppression: Suppression | None, found: Preflight
) -> Iterator[int]:
    for person_id in person_ids:
        if suppression is not None and suppression.denies(person_id):
            found.add_suppressed(suppression.rules(person_id))
        else:
            yield person_id


def _batches(person_ids: Iterator[int]) -> Iterator[list[int]]:
    while batch := list(islice(person_ids, BATCH)):
        yield batch


def as_if_active(filing: FilingFacts) -> FilingFacts:
    """Return the filing as it would be once a second person had activated the campaign."""
    approver = NOBODY if filing.approver is None else filing.approver
    return replace(filing, state="active", approver=approver)


def as_if_ready(seat: SeatFacts | None, *, at: datetime) -> SeatFacts | None:
    """Return the seat as if its agent began to work just now, by a press of ready."""
    if seat is None:
        return None
    return replace(seat, ready_at=at, on_duty_since=at, last_rang_at=None, last_talk_ended_at=None)


def _record(found: Preflight, filing: CampaignFiling, *, actor: str, now: datetime) -> None:
    audit.record(
        "campaign.checked",
        obj=f"filing:{filing.pk}",
        actor=actor,
        now=now,
        data={
            "people": found.people,
            "now": found.now,
            "later": found.later,
            "never": found.never,
            "at": found.at.isoformat(),
            "book_sha256": found.book_digest,
        },
    )
