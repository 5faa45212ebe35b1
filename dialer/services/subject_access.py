"""Tell a person everything that is held about them (PIPL 45), in words and as data; recorded."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from audit import record as audit
from compliance.denials import DeniedError
from compliance.editions import book_at
from compliance.evidence.rows import json_bytes
from compliance.models import Operator, SubjectRequest, User
from compliance.selectors.subject_requests import may_be_answered
from compliance.services.person_for_number import number_of
from dialer.access_answer import access_text
from dialer.person_records import may_read_all, person_records

Kind = SubjectRequest.Kind
ANSWERED = frozenset({Kind.ACCESS, Kind.COPY, Kind.EXPLANATION})


class NotIdentifiedError(Exception):
    """Nobody gets data, or has it erased, before they were identified, nor twice."""


class AccessRefusedError(DeniedError):
    """Compliance answers, and nobody who has a part in a complaint of the person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure:
    """What is handed to the person, by the name of the file."""

    files: dict[str, bytes]
    sha256: str  # of the words and the data, one after the other
    records: int


@transaction.atomic(durable=True)
def subject_access(*, request: SubjectRequest, by: User, now: datetime) -> Disclosure:
    """Return the answer; that it was made, and that the number shows in it, is on the record.

    :raises AccessRefusedError: if the account may not
    :raises NotIdentifiedError: before the person is known to be who they say, or once answered
    """
    person = request.person
    mine = by.role == User.Role.COMPLIANCE and may_read_all(person, by)
    if not mine or request.kind not in ANSWERED:
        raise AccessRefusedError(f"{by} may not answer request {request.pk}.")
    if not may_be_answered(request):
        raise NotIdentifiedError(f"Request {request.pk} may not be answered as it stands.")
    records = person_records(person, number=number_of(person))
    text = access_text(
        records,
        operator=Operator.objects.order_by("pk").first(),
        retention=book_at(now).retention.values(),
        now=now,
    ).encode()
    data = json_bytes(records)
    answer = Disclosure(
        files={"answer.txt": text, "data.json": data},
        sha256=hashlib.sha256(text + data).hexdigest(),
        records=sum(map(len, records.values())),
    )
    about = {"sha256": answer.sha256, "records": answer.records}
    audit.record(
        "privacy.disclosed",
        obj=f"person:{person.pk}",
        actor=f"u:{by.pk}",
        now=now,
        data=about | {"request": request.pk},
    )
    audit.record(
        "number.revealed",
        obj=f"person:{person.pk}",
        actor=f"u:{by.pk}",
        now=now,
        data={"in": "subject_access", "sha256": answer.sha256},
    )
    return answer
