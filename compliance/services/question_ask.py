"""Answer "may this number be called now?" with the gate's own rules, and never with a permit."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from audit import record as audit
from audit.uuid7 import uuid7
from compliance.decision_record import decision_draft, decision_fill
from compliance.editions import book_in_force
from compliance.models import CampaignFiling, Person
from compliance.models import Decision as StoredDecision
from compliance.numbers import Number
from compliance.rulebook.codec import facts_bytes
from compliance.rulebook.decision import Decision
from compliance.rulebook.engine import decide
from compliance.selectors.call_facts import CallQuestion, CallReading, read_call
from compliance.selectors.freest_seat import freest_seat
from compliance.services.person_for_number import known_person, unsaved_person


@dataclass(frozen=True, slots=True, kw_only=True)
class CallAnswer:
    """What the book says to a question; nothing is reserved by it."""

    question: UUID
    campaign: str  # code
    number_masked: str
    on_record: bool  # the number belongs to somebody in the records; if not, it was not kept
    asked_at: datetime
    at: datetime  # the instant that the call was judged for
    decision: Decision


@transaction.atomic(durable=True)
def question_ask(
    *, filing: CampaignFiling, number: Number, at: datetime, actor: str, now: datetime
) -> CallAnswer:
    """Decide a call at `at` on today's facts, for the seat with the most room under its caps.

    Asking reserves nothing and is itself on the record. A number that nobody has is answered
    like any other and is not stored: the record keeps its keyed digest only.

    :raises FactsUnavailableError: if a fact could not be read
    """
    question = uuid7(now)
    person = known_person(number=number)
    reading = (
        _read(filing, person, question, at, now, freest_seat())
        if person
        else _read_stranger(filing, number, question, at, now)
    )
    decision = decide(reading.facts, book_in_force(at=at, epoch=reading.epoch))
    if person:
        _keep(filing, person, question, reading, decision)
    _record(reading, person, question, decision, actor=actor, now=now)
    return CallAnswer(
        question=question,
        campaign=filing.code,
        number_masked=(person or unsaved_person(number=number, now=now)).masked,
        on_record=person is not None,
        asked_at=now,
        at=at,
        decision=decision,
    )


@transaction.atomic(durable=True)
def question_ask_for_seat(
    *, filing: CampaignFiling, person: Person, seat_id: int, actor: str, now: datetime
) -> StoredDecision:
    """Decide a call that this seat would make to the person now, as `question_ask` does.

    :raises FactsUnavailableError: if a fact could not be read
    """
    question = uuid7(now)
    reading = _read(filing, person, question, now, now, seat_id)
    decision = decide(reading.facts, book_in_force(at=now, epoch=reading.epoch))
    row = _keep(filing, person, question, reading, decision)
    _record(reading, person, question, decision, actor=actor, now=now)
    return row


def _keep(
    filing: CampaignFiling,
    person: Person,
    question: UUID,
    reading: CallReading,
    decision: Decision,
) -> StoredDecision:
    row = decision_draft(
        id=question,
        kind=StoredDecision.Kind.QUESTION,
        origin="question",
        at=reading.facts.at,
        filing_id=filing.pk,
        person_id=person.pk,
        seat_id=None,
    )
    decision_fill(row, decision, reading.facts)
    row.save(force_insert=True)
    return row


def _read(  # noqa: PLR0917 - one question, in the order of its words
    filing: CampaignFiling,
    person: Person,
    question: UUID,
    at: datetime,
    now: datetime,
    seat_id: int | None,
) -> CallReading:
    return read_call(
        CallQuestion(
            filing_id=filing.pk,
            person_id=person.pk,
            seat_id=seat_id,
            request=question,
            at=at,
            now=now,
        )
    )


def _read_stranger(
    filing: CampaignFiling, number: Number, question: UUID, at: datetime, now: datetime
) -> CallReading:
    """Read the facts of a call to somebody unknown; the row that this takes is never committed."""
    stranger = unsaved_person(number=number, now=now)
    try:
        with transaction.atomic():
            stranger.save(force_insert=True)
            reading = _read(filing, stranger, question, at, now, freest_seat())
            transaction.set_rollback(True)
    except IntegrityError:  # an import has just added the person
        person = Person.objects.get(number_index=stranger.number_index)
        return _read(filing, person, question, at, now, freest_seat())
    return reading


def _record(
    reading: CallReading,
    person: Person | None,
    question: UUID,
    decision: Decision,
    *,
    actor: str,
    now: datetime,
) -> None:
    facts = reading.facts
    callee = {"person": person.pk} if person else {"callee": facts.callee.digest}
    audit.record(
        "call.asked",
        obj=f"decision:{question}" if person else f"question:{question}",
        actor=actor,
        now=now,
        data={
            "filing": reading.filing.pk,
            "at": facts.at.isoformat(),
            "verdict": decision.verdict.value,
            "rules": [finding.rule_id for finding in decision.objections],
            "facts_sha256": hashlib.sha256(facts_bytes(facts)).hexdigest(),
            "book_sha256": decision.book_digest,
            **callee,
        },
    )
