"""Answer "may this number be called now?" with the gate's own rules, and never with a permit."""

import hashlib
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Q

from audit import record as audit
from audit.uuid7 import uuid7
from compliance.books import book
from compliance.models import CampaignFiling, Decision, Person, Seat
from compliance.rulebook.codec import facts_bytes, finding_row
from compliance.rulebook.engine import decide
from compliance.selectors.call_facts import read_call


@transaction.atomic(durable=True)
def question_ask(
    *, filing: CampaignFiling, person: Person, at: datetime, actor: str, now: datetime
) -> Decision:
    """Decide a call at `at` on today's facts, for the seat with the most room under its caps.

    Asking reserves nothing and is itself on the record.
    """
    request = uuid7(now)
    reading = read_call(
        filing_id=filing.pk,
        person_id=person.pk,
        seat_id=_freest_seat(),
        request=request,
        at=at,
        now=now,
    )
    decision = decide(reading.facts, book())
    facts = facts_bytes(reading.facts)
    stored = Decision.objects.create(
        id=request,
        kind=Decision.Kind.QUESTION,
        origin="question",
        at=at,
        filing=filing,
        person=person,
        verdict=decision.verdict.value,
        retry_at=decision.retry_at,
        findings=[finding_row(finding) for finding in decision.findings],
        objecting_rules=[finding.rule_id for finding in decision.objections],
        facts=facts,
        facts_digest=hashlib.sha256(facts).digest(),
        book_digest=decision.book_digest,
    )
    audit.record(
        "call.asked",
        obj=f"decision:{stored.pk}",
        actor=actor,
        now=now,
        data={
            "filing": filing.pk,
            "person": person.pk,
            "verdict": stored.verdict,
            "book_sha256": stored.book_digest,
        },
    )
    return stored


def _freest_seat() -> int | None:
    open_permits = Count("permits", filter=Q(permits__state__in=["issued", "redeemed"]))
    seats = Seat.objects.filter(active=True).annotate(
        open_permits=open_permits, used=Count("permits")
    )
    return seats.order_by("open_permits", "used", "pk").values_list("pk", flat=True).first()
