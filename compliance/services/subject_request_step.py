"""Handle a person's request, one step at a time, and let its clock ring."""

from datetime import datetime

from django.db import DatabaseError, transaction

from audit import record as audit
from audit.plain_numbers import without_numbers
from compliance.lists.moments import LOCAL
from compliance.models import SubjectRequest, SubjectRequestEvent, User
from compliance.selectors.subject_requests import unanswered

Kind = SubjectRequestEvent.Kind
HUMAN = frozenset({Kind.IDENTIFIED, Kind.NOTED, Kind.ANSWERED, Kind.DECLINED})
CLOCKS = ((Kind.ESCALATED, "escalate_on__lte"), (Kind.OVERDUE, "due_on__lt"))  # on, and after
ACTOR = "svc:requests"


class SubjectRequestStepError(Exception):
    """The step is not this person's to take, or not open to the request as it stands."""


def subject_request_step(
    *,
    request: SubjectRequest,
    kind: str,
    by: User,
    now: datetime,
    note: str = "",
    sha256: str = "",
) -> SubjectRequestEvent:
    """Take one step: identify the person, note, answer, or decline with a reason.

    :raises SubjectRequestStepError: if the database refuses the step
    """
    if kind not in HUMAN:
        raise SubjectRequestStepError(f"{kind} is not a step that a person takes.")
    event = SubjectRequestEvent(
        request=request,
        kind=Kind(kind),
        by=by,
        actor=f"u:{by.pk}",
        note=without_numbers(note).strip(),
        sha256=sha256,
        at=now,
    )
    try:
        with transaction.atomic():
            _write(event)
    except DatabaseError as error:
        raise SubjectRequestStepError(str(error).partition("\n")[0]) from error
    return event


def subject_requests_sweep(*, now: datetime) -> list[SubjectRequestEvent]:
    """Ring each clock that has run out, once: a request to be escalated, and one overdue."""
    today = now.astimezone(LOCAL).date()
    rung: list[SubjectRequestEvent] = []
    for kind, over in CLOCKS:
        due = unanswered().filter(**{over: today}).exclude(events__kind=kind)
        for request in due.order_by("pk"):
            event = SubjectRequestEvent(request=request, kind=kind, actor=ACTOR, at=now)
            with transaction.atomic():
                _write(event)
            rung.append(event)
    return rung


def _write(event: SubjectRequestEvent) -> None:
    event.save(force_insert=True)
    audit.record(
        f"subject_request.{event.kind}",
        obj=f"subject_request:{event.request_id}",
        actor=event.actor,
        now=event.at,
        data={"note": event.note, "sha256": event.sha256},
    )
