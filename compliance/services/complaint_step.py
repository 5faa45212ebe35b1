"""Handle a complaint, one step at a time; whoever it is about takes no step."""

from datetime import datetime

from django.db import DatabaseError, transaction

from audit import record as audit
from audit.plain_numbers import without_numbers
from compliance.models import Complaint, ComplaintEvent, User
from compliance.selectors.complaints import complaints_for
from compliance.services.suspension_begin import suspend_by_complaint

Kind = ComplaintEvent.Kind
HUMAN = frozenset({Kind.ASSIGNED, Kind.NOTED, Kind.UPHELD, Kind.REJECTED, Kind.ANSWERED})


class ComplaintStepError(Exception):
    """The step is not this person's to take, or not open to the case as it stands."""


def complaint_step(
    *,
    complaint: Complaint,
    kind: str,
    by: User,
    now: datetime,
    handler: User | None = None,
    note: str = "",
    sha256: str = "",
) -> ComplaintEvent:
    """Take one step of the case; a complaint found right counts towards the brake at once.

    The attempt of somebody who has a part in the case is on the record too.

    :raises ComplaintStepError: if the database refuses the step
    """
    if kind not in HUMAN | {Kind.CLOSED}:
        raise ComplaintStepError(f"{kind} is not a step that a person takes.")
    event = ComplaintEvent(
        complaint=complaint,
        kind=kind,
        by=by,
        actor=f"u:{by.pk}",
        handler=handler,
        note=without_numbers(note),
        sha256=sha256,
        at=now,
    )
    try:
        with transaction.atomic(durable=True):
            _write(event)
            if kind == Kind.UPHELD:
                suspend_by_complaint(complaint=complaint, actor=event.actor, now=now)
    except DatabaseError as error:
        _record_denied(event, now)
        raise ComplaintStepError(str(error).partition("\n")[0]) from error
    return event


def complaint_close_by_complainant(
    *, complaint: Complaint, receipt: str, actor: str, now: datetime
) -> ComplaintEvent:
    """Close the case in the name of the complainant, who shows the receipt.

    :raises ComplaintStepError: if it is not the receipt of this case
    """
    event = ComplaintEvent(
        complaint=complaint, kind=Kind.CLOSED, actor=actor, receipt=receipt, at=now
    )
    try:
        with transaction.atomic(durable=True):
            _write(event)
    except DatabaseError as error:
        raise ComplaintStepError("It is not the receipt of this complaint.") from error
    return event


def complaint_seen_by(*, complaint_id: int, user: User, now: datetime) -> Complaint:
    """Return the case for somebody who may see it.

    :raises ComplaintStepError: if the account may not; the attempt is on the record
    """
    complaint = complaints_for(user).filter(pk=complaint_id).first()
    if complaint is None:
        with transaction.atomic(durable=True):
            _deny(complaint_id, f"u:{user.pk}", "see", now)
        raise ComplaintStepError(f"Complaint {complaint_id} is not {user}'s to see.")
    return complaint


def step_write(event: ComplaintEvent) -> None:
    """Write a step that no person takes inside the caller's transaction."""
    _write(event)


def _write(event: ComplaintEvent) -> None:
    event.save(force_insert=True)
    data: dict[str, object] = {"event": event.pk}
    if event.handler_id:
        data["handler"] = event.handler_id
    if event.sha256:
        data["sha256"] = event.sha256
    if event.kind != Kind.PACKED:  # the pack has an entry of its own
        audit.record(
            f"complaint.{event.kind}",
            obj=f"complaint:{event.complaint_id}",
            actor=event.actor,
            now=event.at,
            data=data,
        )


def _record_denied(event: ComplaintEvent, now: datetime) -> None:
    with transaction.atomic(durable=True):
        _deny(event.complaint_id, event.actor, event.kind, now)


def _deny(complaint_id: int, actor: str, step: str, now: datetime) -> None:
    audit.record(
        "complaint.access_denied",
        obj=f"complaint:{complaint_id}",
        actor=actor,
        now=now,
        outcome="denied",
        data={"step": step},
    )
