"""Erase what is held about a person who asks for it (PIPL 47), and say what the law has us keep.

A refusal stays, as a keyed digest of the number: only so is the person not called again. Records
of calls, decisions, consents and complaints stay until their floor has passed, and with them the
number that they are about.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Count, Max, Q, QuerySet

from audit import keys
from audit import record as audit
from audit.commitment import blind_index
from audit.models import AuditPii
from audit.privacy.erasing import Spare, erase
from compliance.denials import DeniedError
from compliance.editions import book_at
from compliance.models import Complaint, Consent, Decision, Permit, Person, SubjectRequest, User
from compliance.rulebook.retention import RetentionClass
from compliance.selectors.subject_requests import may_be_answered
from compliance.services.person_for_number import number_of
from dialer.models import Lead, Recording
from dialer.person_records import may_read_all
from dialer.services.recording_delete import KEPT as KEPT_RECORDINGS
from dialer.services.recordings_erase import recordings_erase
from dialer.services.subject_access import NotIdentifiedError

BASIS = "pipl47.3"
ERASED = "***"  # in the place of the masked number
KEPT: tuple[tuple[str, QuerySet[Any], str], ...] = (
    ("call_record", Permit.objects.all(), "issued_at"),
    ("decision", Decision.objects.all(), "at"),
    ("consent", Consent.objects.all(), "given_at"),
    ("complaint", Complaint.objects.all(), "received_at"),
)


class ErasureRefusedError(DeniedError):
    """Compliance erases, on a request for deletion, with no part in a complaint of the person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Records that stay, and until when the law has them kept."""

    its: RetentionClass
    records: int
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """What was erased, and what was not."""

    person: int
    fields: int  # of the audit trail
    leads: int  # names and references on lists
    recordings: int  # of calls, the sound of them
    number: bool  # whether the number itself is gone, but for the digest of a refusal
    kept: tuple[Kept, ...]


def subject_erase(
    *, request: SubjectRequest, by: User, recordings: Path, now: datetime
) -> Erasure:
    """Erase what may go, sound in the folder `recordings` too; each part is on the record.

    :raises ErasureRefusedError: if the account may not, or the request is for something else
    :raises NotIdentifiedError: before the person is known to be who they say, or once answered
    :raises DatabaseError: if the fields of the trail are there and this role may not delete them
    """
    person = request.person
    mine = by.role == User.Role.COMPLIANCE and may_read_all(person, by)
    if request.kind != SubjectRequest.Kind.DELETION or not mine:
        raise ErasureRefusedError(f"{by} may not erase for request {request.pk}.")
    if not may_be_answered(request):
        raise NotIdentifiedError(f"Request {request.pk} may not be answered as it stands.")
    actor = f"u:{by.pk}"
    fields = _erase_fields(person, actor=actor, now=now)
    sounds = recordings_erase(
        person=person, because=BASIS, folder=recordings, actor=actor, now=now
    )
    return _erase_records(person, fields, sounds, actor=actor, now=now)


def _erase_fields(person: Person, *, actor: str, now: datetime) -> int:
    """Erase the trail's fields; where another role has done it already there is nothing to do."""
    subject = f"person:{person.pk}"
    values = [number_of(person)] if bytes(person.number_sealed) else []
    key = keys.secret("number-index")
    indexes = [blind_index(value=value, key=key) for value in values]
    spare = calls_kept(now)
    kept = Q(entry__object__startswith=f"{spare.kind}:", entry__ts__gte=spare.since)
    held = AuditPii.objects.filter(Q(subject=subject) | Q(blind_index__in=indexes)).exclude(kept)
    if not held.exists():
        return 0
    erased = erase(subject=subject, basis=BASIS, actor=actor, now=now, values=values, spare=spare)
    return erased.fields


def calls_kept(now: datetime) -> Spare:
    """Return which entries keep the number that was called: as long as the call's record."""
    return Spare(kind="permit", since=book_at(now).retention["call_record"].protected_after(now))


@transaction.atomic(durable=True)
def _erase_records(
    person: Person, fields: int, recordings: int, *, actor: str, now: datetime
) -> Erasure:
    kept = (*_kept(person, now), *_kept_recordings(person, now))
    named = ~Q(name_sealed=b"") | ~Q(external_ref="")
    leads = Lead.objects.filter(named, person=person).update(name_sealed=b"", external_ref="")
    if not kept:
        Person.objects.filter(pk=person.pk).update(number_sealed=b"", masked=ERASED)
    audit.record(
        "privacy.erased",
        obj=f"person:{person.pk}",
        actor=actor,
        now=now,
        data={
            "basis": BASIS,
            "leads": leads,
            "recordings": recordings,
            "number": not kept,
            "kept": {one.its.name: one.records for one in kept},
        },
    )
    return Erasure(
        person=person.pk,
        fields=fields,
        leads=leads,
        recordings=recordings,
        number=not kept,
        kept=kept,
    )


def _kept(person: Person, now: datetime) -> Iterator[Kept]:
    classes = book_at(now).retention
    for name, rows, aged_by in KEPT:
        its = classes[name]
        inside = rows.filter(person=person, **{f"{aged_by}__gte": its.protected_after(now)})
        newest = inside.aggregate(newest=Max(aged_by))["newest"]
        if newest is not None:
            until = newest + (now - its.protected_after(now))
            yield Kept(its=its, records=inside.count(), until=until)


def _kept_recordings(person: Person, now: datetime) -> Iterator[Kept]:
    """Say which recordings stay: inside their floor, or held for a case or by the law."""
    rows = Recording.objects.filter(
        attempt__permit__person=person, state__in=KEPT_RECORDINGS, bytes__gt=0
    )
    classes = book_at(now).retention
    for kind in rows.order_by("kind").values_list("kind", flat=True).distinct():
        its = rows.filter(kind=kind).aggregate(many=Count("pk"), until=Max("floor_until"))
        yield Kept(its=classes[kind], records=its["many"], until=max(its["until"], now))
