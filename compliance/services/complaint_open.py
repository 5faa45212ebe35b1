"""Take a complaint in: in one commit nobody calls the person any more, and a case is open."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from audit import record as audit
from audit.plain_numbers import without_numbers
from compliance.editions import book_at
from compliance.lists.moments import LOCAL
from compliance.models import CampaignFiling, Complaint, Permit, Person, Refusal
from compliance.models.words import RefusalSource
from compliance.numbers import Number
from compliance.rulebook.rules.complaint_clock import Clocks
from compliance.services.complaint_accuse import accuse_by_calls, accuse_filing
from compliance.services.person_for_number import person_for_number
from compliance.services.refusal_record import refusal_record, refusal_write
from compliance.working_days import working_day

CLOCKS_RULE = "CN13-CMP-02"


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What came in. Nothing of it can make the intake fail: the person has been called enough."""

    channel: str  # Complaint.Channel
    external_ref: str = ""  # the channel's own case number
    summary: str = ""
    received_at: datetime | None = None  # None: this moment
    permit_id: UUID | None = None  # the call complained of, if it is known
    filing: CampaignFiling | None = None  # the campaign complained of, if it is known


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The case, and what the complainant needs to close it."""

    complaint: Complaint
    voided_permits: int
    receipt: str  # shown once, to the complainant alone; empty for channels that pass through us


def complaint_open(*, number: Number, intake: Intake, actor: str, now: datetime) -> Opened:
    """Stop every call to the number everywhere, and open the case.

    Also for a number that nobody here knows. If the case itself cannot be written, the stop is
    recorded all the same before the error goes on.
    """
    try:
        return _open(number, intake, actor, now)
    except Exception:
        person = person_for_number(number=number, now=now)
        refusal_record(
            person_id=person.pk,
            principal=None,
            source=RefusalSource.COMPLAINT,
            evidence=_evidence(intake),
            actor=actor,
            now=now,
        )
        raise


@transaction.atomic(durable=True)
def _open(number: Number, intake: Intake, actor: str, now: datetime) -> Opened:
    person = person_for_number(number=number, now=now)
    refusal = refusal_write(  # before anything is looked at
        person_id=person.pk,
        principal=None,
        source=RefusalSource.COMPLAINT,
        evidence=_evidence(intake),
        actor=actor,
        now=now,
    )
    # What the complainant holds and no seat ever sees proves who closes the case.
    receipt = secrets.token_urlsafe(18) if intake.channel == Complaint.Channel.WEB else ""
    complaint, is_new = _case(person, refusal, intake, receipt, actor, now)
    if is_new:
        accuse_by_calls(complaint=complaint, permit_id=intake.permit_id, now=now)
        if intake.filing is not None:
            accuse_filing(complaint=complaint, filing=intake.filing, now=now)
        _record(complaint, actor, now)
    voided = Permit.objects.filter(void_reason=f"refusal:{refusal.pk}").count()
    return Opened(complaint=complaint, voided_permits=voided, receipt=receipt if is_new else "")


def _case(  # noqa: PLR0917 - one call, in the order of the story
    person: Person, refusal: Refusal, intake: Intake, receipt: str, actor: str, now: datetime
) -> tuple[Complaint, bool]:
    """Add the case, or return the one that the channel's number stands for already."""
    received_at = min(intake.received_at or now, now)
    # Twice: the cut may lay a number bare, which the trail would refuse.
    reference = without_numbers(without_numbers(intake.external_ref)[:64])
    day = received_at.astimezone(LOCAL).date()
    clocks = clocks_in_force(now)
    case = Complaint(
        channel=intake.channel,
        external_ref=reference,
        person=person,
        refusal=refusal,
        summary=without_numbers(intake.summary),
        received_at=received_at,
        recorded_at=refusal.recorded_at,
        recorded_by=actor,
        internal_due_on=working_day(after=day, count=clocks.internal_days),
        escalate_on=working_day(after=day, count=clocks.escalate_day),
        due_on=working_day(after=day, count=clocks.due_day),
        receipt_sha256=hashlib.sha256(receipt.encode()).hexdigest() if receipt else "",
    )
    try:
        with transaction.atomic():
            case.save(force_insert=True)
    except IntegrityError:
        earlier = Complaint.objects.filter(channel=intake.channel, external_ref=reference).first()
        if earlier is None:
            raise
        if earlier.person_id == person.pk:
            return earlier, False
        case.external_ref = ""  # the number was given to two people; neither goes lost
        case.summary = f"{reference} {case.summary}".strip()
        case.save(force_insert=True)
    return case, True


def clocks_in_force(at: datetime) -> Clocks:
    """Return the numbers of working days that the rulebook gives a complaint."""
    bound = book_at(at).rule(CLOCKS_RULE)
    assert bound is not None  # noqa: S101 - the shipped pack lists it
    clocks: Clocks = bound.params
    return clocks


def _evidence(intake: Intake) -> str:
    return without_numbers(f"complaint:{intake.channel}:{intake.external_ref}")[:128]


def _record(complaint: Complaint, actor: str, now: datetime) -> None:
    audit.record(
        "complaint.opened",
        obj=f"complaint:{complaint.pk}",
        actor=actor,
        now=now,
        data={
            "person": complaint.person_id,
            "refusal": complaint.refusal_id,
            "channel": complaint.channel,
            "reference": complaint.external_ref,
            "due_on": complaint.due_on.isoformat(),
            "accused_seats": sorted(
                complaint.accused.exclude(seat=None).values_list("seat_id", flat=True).distinct()
            ),
            "accused_filings": sorted(
                complaint.accused.exclude(filing=None)
                .values_list("filing_id", flat=True)
                .distinct()
            ),
        },
    )
