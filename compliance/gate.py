"""The one door: the only code that creates a permit.

Every path that can ring a phone asks here, at the moment of dialling, and gets a permit or a
refusal with every reason. Locks come first, in a statement of their own; then the facts are read
once, every rule is asked, and the decision, the permit and the audit entry commit together. The
database is waited for twice: for the facts, and for the commit.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from audit import record as audit
from audit.round_trips import insertion, one_message
from audit.uuid7 import uuid7
from compliance.decision_record import decision_draft, decision_fill
from compliance.editions import book_at, book_in_force
from compliance.locks import call_lock
from compliance.models import Decision as StoredDecision
from compliance.models import Permit
from compliance.permit_seal import PermitClaims, sign
from compliance.rulebook.book import Book
from compliance.rulebook.decision import Verdict
from compliance.rulebook.engine import decide, line_allows
from compliance.rulebook.facts import CallFacts
from compliance.selectors.call_facts import CallQuestion, CallReading
from compliance.services.permits_expire import permits_expire_for

PERMIT_TTL = timedelta(seconds=10)  # RULEBOOK 4.0: a dial permit lives ten seconds at most


@dataclass(frozen=True, slots=True, kw_only=True)
class PermitRefusal:
    """A decision not to call, and when it is worth asking again."""

    decision_id: UUID
    verdict: Verdict  # DEFER or REFUSE
    retry_at: datetime | None
    holds: frozenset[str]  # what has to wait: callee, seat, campaign, platform
    rules: tuple[str, ...]  # ids of the rules that objected


class DecidedOtherwiseError(Exception):
    """A request id came back with another call behind it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ask:
    filing_id: int
    person_id: int
    seat_id: int
    request: UUID
    origin: str
    actor: str
    now: datetime


class _CapsNearError(Exception):
    """The caller number's or the trunk's last slots have to be counted alone."""


def permit_request(
    *,
    filing_id: int,
    person_id: int,
    seat_id: int,
    request: UUID,
    origin: str,
    actor: str,
    now: datetime,
) -> Permit | PermitRefusal:
    """Decide one call and, if every rule allows it, issue its permit.

    `request` identifies the wish to call: asking again with the same id gives the same answer and
    reserves nothing twice. `origin` names the path that asks, for the record; no rule reads it.

    :raises FactsUnavailableError: if a fact could not be read
    :raises DecidedOtherwiseError: if `request` was used for another call
    """
    ask = _Ask(
        filing_id=filing_id,
        person_id=person_id,
        seat_id=seat_id,
        request=request,
        origin=origin,
        actor=actor,
        now=now,
    )
    try:
        return _decide_call(ask, alone=False)
    except _CapsNearError:
        return _decide_call(ask, alone=True)


@transaction.atomic(durable=True)
def _decide_call(ask: _Ask, *, alone: bool) -> Permit | PermitRefusal:
    question = CallQuestion(
        filing_id=ask.filing_id,
        person_id=ask.person_id,
        seat_id=ask.seat_id,
        request=ask.request,
        at=ask.now,
        now=ask.now,
    )
    with one_message() as message:
        message.send(call_lock(seat_id=ask.seat_id, person_id=ask.person_id, caps_alone=alone))
        message.send(question.statement())  # its snapshot is behind the locks
        stored, permit = _drafts(ask)  # the database reads for longer than this takes
    reading = question.reading(message.results[1])
    if reading.decided_before:
        return _answer_again(ask)
    book = book_in_force(at=ask.now, epoch=reading.epoch)
    decision = decide(reading.facts, book)
    allowed = decision.verdict is Verdict.ALLOW
    if allowed and not alone and not line_allows(_crowded(reading), book):
        raise _CapsNearError
    decision_fill(stored, decision, reading.facts)
    if not allowed:
        return _refuse(stored, ask, book)
    if reading.stale_permits:
        permits_expire_for(person_id=ask.person_id, seat_id=ask.seat_id, now=ask.now)
    return _issue(permit, reading, ask, book)


def _drafts(ask: _Ask) -> tuple[StoredDecision, Permit]:
    """Return the rows of an answer as far as the question goes."""
    stored = decision_draft(
        id=ask.request,
        kind=StoredDecision.Kind.PERMIT,
        origin=ask.origin,
        at=ask.now,
        filing_id=ask.filing_id,
        person_id=ask.person_id,
        seat_id=ask.seat_id,
    )
    permit = Permit(
        id=uuid7(ask.now),
        decision=stored,
        person_id=ask.person_id,
        seat_id=ask.seat_id,
        issued_at=ask.now,
        expires_at=ask.now + PERMIT_TTL,
    )
    return stored, permit


def _crowded(reading: CallReading) -> CallFacts:
    """Return the facts as they would be if every seat took a slot at this very moment.

    One lock for all calls of a caller number would let the database commit one permit at a time.
    So decisions share the caps' lock while even all seats together could not reach a cap (each
    has at most one decision under way, by its own lock), and take it alone from there on.
    """
    line = reading.facts.line
    return replace(reading.facts, line=line and line.crowded(reading.seats))


def _refuse(stored: StoredDecision, ask: _Ask, book: Book) -> PermitRefusal:
    refusal = refusal_from(stored, book)
    deferred = refusal.verdict is Verdict.DEFER
    with one_message(commit=True) as message:
        message.send(insertion(stored))
        entry = audit.recording(
            "permit.deferred" if deferred else "permit.refused",
            obj=f"decision:{stored.pk}",
            actor=ask.actor,
            now=ask.now,
            outcome="denied",
            data=_record_data(stored) | {"rules": list(refusal.rules)},
        )
        message.add(entry)
    return refusal


def refusal_from(stored: StoredDecision, book: Book) -> PermitRefusal:
    """Return what a decision against a call means for whoever wanted it."""
    rules = tuple(stored.objecting_rules)
    bound = [book.rule(rule_id) for rule_id in rules]
    return PermitRefusal(
        decision_id=stored.pk,
        verdict=Verdict(stored.verdict),
        retry_at=stored.retry_at,
        holds=frozenset(rule.holds if rule else "platform" for rule in bound),
        rules=rules,
    )


def _issue(permit: Permit, reading: CallReading, ask: _Ask, book: Book) -> Permit:
    stored = permit.decision
    with one_message(commit=True) as message:
        message.send(insertion(stored))  # the database stores it while the permit is being signed
        _complete(permit, reading, book)
        message.send(insertion(permit))
        entry = audit.recording(
            "permit.issued",
            obj=f"permit:{permit.pk}",
            actor=ask.actor,
            now=ask.now,
            data=_record_data(stored) | {"consent": permit.consent_id, "epoch": permit.epoch},
        )
        message.add(entry)
    return permit


def _complete(permit: Permit, reading: CallReading, book: Book) -> None:
    """Name what the call goes over and stands on, and sign it all."""
    filing = reading.filing
    permit.filing = filing
    permit.trunk = filing.trunk
    permit.caller_number = filing.caller_number
    permit.consent_id = _consent_used(reading.facts, book)
    permit.epoch = reading.epoch
    permit.signature = sign(claims_of(permit, callee=reading.facts.callee.digest))


def claims_of(permit: Permit, *, callee: str) -> PermitClaims:
    """Return what the permit's signature covers, from its row and its callee's blind index."""
    return PermitClaims(
        permit=str(permit.pk),
        decision=str(permit.decision_id),
        filing=permit.filing_id,
        callee=callee,
        caller_number=permit.caller_number.number,
        trunk=permit.trunk.code,
        seat=permit.seat_id,
        consent=permit.consent_id,
        epoch=permit.epoch,
        issued_at=permit.issued_at,
        expires_at=permit.expires_at,
        facts_digest=bytes(permit.decision.facts_digest).hex(),
        book_digest=permit.decision.book_digest,
    )


def _consent_used(facts: CallFacts, book: Book) -> int:
    """Return the newest consent that carries the call alone; a decision names one, not a heap."""
    consents = facts.consents or ()
    if len(consents) == 1:  # the book has just said that it does
        return consents[0].id
    for consent in sorted(consents, key=lambda one: (one.given_at, one.id), reverse=True):
        alone = replace(facts, consents=(consent,))
        if decide(alone, book).verdict is Verdict.ALLOW:
            return consent.id
    raise AssertionError("The book allowed a call that no single consent carries.")


def _record_data(stored: StoredDecision) -> dict[str, object]:
    return {
        "decision": str(stored.pk),
        "filing": stored.filing_id,
        "person": stored.person_id,
        "seat": stored.seat_id,
        "origin": stored.origin,
        "facts_sha256": bytes(stored.facts_digest).hex(),
        "book_sha256": stored.book_digest,
    }


def _answer_again(ask: _Ask) -> Permit | PermitRefusal:
    stored = StoredDecision.objects.get(pk=ask.request)
    asked = (stored.kind, stored.filing_id, stored.person_id, stored.seat_id)
    if asked != (StoredDecision.Kind.PERMIT, ask.filing_id, ask.person_id, ask.seat_id):
        raise DecidedOtherwiseError(f"Request {ask.request} was already used for another call.")
    if stored.verdict == StoredDecision.Verdict.ALLOW:
        return stored.permit
    return refusal_from(stored, book_at(ask.now))
