"""Make the evidence pack of a complaint, or of a number, and put its digest on the record."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from audit import record as audit
from compliance.denials import DeniedError
from compliance.evidence.archive import archive
from compliance.evidence.content import (
    README,
    audit_data,
    case_data,
    compliance_files,
    objects_of,
    person_data,
)
from compliance.evidence.rows import json_bytes, row_data
from compliance.models import Complaint, ComplaintEvent, ContactList, Overruling, Person, User
from compliance.numbers import mask_within
from compliance.services.complaint_step import step_write
from compliance.services.person_for_number import number_of
from dialer.models import Attempt, Lead, Recording, WrapUp
from dialer.person_records import may_read_all


class EvidenceRefusedError(DeniedError):
    """The account may not make this pack."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidencePack:
    """A pack, and the digest that is on the record."""

    content: bytes  # a ZIP
    sha256: str
    files: tuple[str, ...]
    unmasked: bool


@transaction.atomic(durable=True)
def evidence_pack(
    *,
    person: Person,
    complaint: Complaint | None,
    by: User,
    unmasked: bool,
    now: datetime,
    sound: Mapping[UUID, bytes] | None = None,
) -> EvidencePack:
    """Return the pack; equal records give equal bytes, whoever asks and whenever.

    The number shows only when `unmasked`, to compliance alone, and that it did is on the record.
    `sound` are WAV files by recording, which the player gave for the same account: compliance.

    :raises EvidenceRefusedError: if the account has a part in a complaint of the person, or no
        role that reads complaints, or would see the number without being compliance
    """
    more = unmasked or sound
    if not may_read_all(person, by) or (more and by.role != User.Role.COMPLIANCE):
        raise EvidenceRefusedError(f"{by} may not make this pack.")
    number = number_of(person)
    files = _files(person, complaint, number=number if unmasked else None)
    packed = {name: _bytes(value, number, unmasked) for name, value in files.items()}
    packed |= {f"recordings/{one}.wav": wav for one, wav in (sound or {}).items()}
    content = archive(packed)
    pack = EvidencePack(
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        files=tuple(sorted(packed)),
        unmasked=unmasked,
    )
    _record(pack, person, complaint, by, now)
    return pack


def _files(person: Person, complaint: Complaint | None, *, number: str | None) -> dict[str, Any]:
    files = compliance_files(person)
    attempts = Attempt.objects.filter(permit__person=person).order_by("pk")
    recordings = Recording.objects.filter(attempt__permit__person=person).order_by("pk")
    wrap_ups = WrapUp.objects.filter(attempt__permit__person=person).order_by("pk")
    overrulings = Overruling.objects.filter(permit__person=person).order_by("pk")
    leads = Lead.objects.filter(person=person).order_by("pk")
    lists = ContactList.objects.filter(pk__in=leads.values("contact_list_id")).order_by("pk")
    files |= {
        "README.txt": README.encode(),
        "person.json": person_data(person, number=number),
        "attempts.json": [row_data(one) for one in attempts],
        "recordings.json": [row_data(one) for one in recordings],
        "wrap_ups.json": [row_data(one) for one in wrap_ups],
        "overrulings.json": [row_data(one) for one in overrulings],
        "leads.json": [row_data(one) for one in leads],
        "lists.json": [row_data(one) for one in lists],
    }
    if complaint is not None:
        files["case.json"] = case_data(complaint)
    files["audit.json"] = audit_data(objects_of(files, complaint=complaint))
    return files


def _bytes(value: Any, number: str, unmasked: bool) -> bytes:  # noqa: FBT001 - private
    content = value if isinstance(value, bytes) else json_bytes(value)
    # A net under the masking: no free text of any record gives the number away.
    return content if unmasked else mask_within(content.decode(), number).encode()


def _record(
    pack: EvidencePack, person: Person, complaint: Complaint | None, by: User, now: datetime
) -> None:
    actor = f"u:{by.pk}"
    about = f"person:{person.pk}" if complaint is None else f"complaint:{complaint.pk}"
    if complaint is not None:
        step_write(
            ComplaintEvent(
                complaint=complaint,
                kind=ComplaintEvent.Kind.PACKED,
                by=by,
                actor=actor,
                sha256=pack.sha256,
                at=now,
            )
        )
    data = {"sha256": pack.sha256, "bytes": len(pack.content), "unmasked": pack.unmasked}
    audit.record(
        "evidence.packed", obj=about, actor=actor, now=now, data=data | {"person": person.pk}
    )
    if pack.unmasked:
        audit.record(
            "number.revealed",
            obj=f"person:{person.pk}",
            actor=actor,
            now=now,
            data={"in": "evidence_pack", "sha256": pack.sha256},
        )
