"""Decisions by the hundred thousand, copied from the gate's own, and permits that were used."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from audit.uuid7 import uuid7
from config.history.people import Person, copy
from config.history.templates import House, Template

_STAGE = """
CREATE TEMPORARY TABLE IF NOT EXISTS history_call (
    id uuid, template uuid, permit uuid, at timestamptz, person bigint, seat bigint,
    consent bigint, lead bigint, round int) ON COMMIT DROP
"""
_DECISIONS = """
INSERT INTO compliance_decision (id, kind, origin, at, filing_id, person_id, seat_id, verdict,
    retry_at, answers, findings, objecting_rules, facts, facts_digest, book_digest)
SELECT h.id, d.kind, d.origin, h.at, d.filing_id, h.person, h.seat, d.verdict,
    h.at + (d.retry_at - d.at), d.answers, d.findings, d.objecting_rules, d.facts,
    d.facts_digest, d.book_digest
  FROM history_call h JOIN compliance_decision d ON d.id = h.template ORDER BY h.at
"""
# A permit is born issued and moves along its arrows, a seat and a person at a time, as all do.
_ISSUED = """
INSERT INTO compliance_permit (id, decision_id, filing_id, person_id, seat_id, trunk_id,
    caller_number_id, consent_id, epoch, issued_at, expires_at, signature, state, result,
    void_reason)
SELECT h.permit, h.id, f.id, h.person, h.seat, f.trunk_id, f.caller_number_id, h.consent,
    t.epoch, h.at, h.at + interval '10 seconds', t.signature, 'issued', '', ''
  FROM history_call h
  JOIN compliance_permit t ON t.decision_id = h.template
  JOIN compliance_campaignfiling f ON f.id = t.filing_id
 WHERE h.round = %s
"""
_USED = """
UPDATE compliance_permit p SET state = 'redeemed', redeemed_at = p.issued_at + interval '1 second'
  FROM history_call h WHERE h.permit = p.id AND h.round = %s
"""
_ENDED = """
UPDATE compliance_permit p SET state = 'closed', ended_at = p.issued_at + interval '40 seconds',
       result = CASE WHEN h.person %% 3 = 0 THEN 'answered' ELSE 'no_answer' END,
       talk_seconds = CASE WHEN h.person %% 3 = 0 THEN 25 END
  FROM history_call h WHERE h.permit = p.id AND h.round = %s
"""
_ATTEMPTS = """
INSERT INTO dialer_attempt (permit_id, lead_id, line_process, call_id, started_at, ended_at,
    result, ended_by, disposition)
SELECT h.permit, h.lead, 'history', 'history-' || h.permit, h.at + interval '1 second',
    h.at + interval '40 seconds', p.result, 'callee', ''
  FROM history_call h JOIN compliance_permit p ON p.id = h.permit
 WHERE h.lead IS NOT NULL ORDER BY h.at
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One copy: of which decision, about whom and when; with a permit if it was allowed."""

    id: UUID
    template: Template
    permit: UUID | None
    at: datetime
    person: Person
    seat: int


class Chooser:
    """Says whom the n-th decision is about; one number is asked for again and again."""

    def __init__(self, *, house: House, people: Sequence[Person]) -> None:
        """Choose among these."""
        self._seats, self._people = house.seats, people
        self._agreed = [one for one in people if one.consent is not None]
        allowed = [one for one in house.templates if one.verdict == "allow"]
        others = [one for one in house.templates if one.verdict != "allow"]
        self._allowed, self._others = allowed[:1], others

    @property
    def filing(self) -> int:
        """The campaign whose calls are allowed."""
        return self._allowed[0].filing

    def call(self, n: int, at: datetime) -> Call:
        """Return the n-th decision; one in ten is a permit."""
        permitted = n % ONE_PERMIT_IN == 0
        if permitted:
            template, person = (
                self._allowed[0],
                self._agreed[n // ONE_PERMIT_IN % len(self._agreed)],
            )
        else:
            template = self._others[n % len(self._others)]
            busy = n % ONE_BUSY_IN == 1
            person = self._people[0 if busy else n * 7919 % len(self._people)]
        return Call(
            id=uuid7(at),
            template=template,
            permit=uuid7(at) if permitted else None,
            at=at,
            person=person,
            seat=self._seats[n // ONE_PERMIT_IN % len(self._seats)],
        )


ONE_PERMIT_IN = 10
ONE_BUSY_IN = 1000


def calls_store(calls: Sequence[Call], *, seats: int) -> None:
    """Store a batch in the caller's transaction, with every guard of the database on."""
    with connection.cursor() as cursor:
        cursor.execute(_STAGE)
        copy("history_call", _COLUMNS, _staged(calls, seats))
        cursor.execute("ANALYZE history_call")
        cursor.execute(_DECISIONS)
        permits = sum(1 for call in calls if call.permit)
        for turn in range(-(-permits // seats)):
            for statement in (_ISSUED, _USED, _ENDED):
                cursor.execute(statement, [turn])
        cursor.execute(_ATTEMPTS)


_COLUMNS = ("id", "template", "permit", "at", "person", "seat", "consent", "lead", "round")


def _staged(calls: Iterable[Call], seats: int) -> Iterable[tuple[object, ...]]:
    permits = 0
    for call in calls:
        row = (call.id, call.template.decision, call.permit, call.at, call.person.id, call.seat)
        if call.permit is None:
            yield (*row, None, None, None)
            continue
        yield (*row, call.person.consent, call.person.lead, permits // seats)
        permits += 1
