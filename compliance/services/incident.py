"""Breaches of data: the playbook, the incident with its clocks, and the steps to its end."""

from datetime import date, datetime, timedelta

from django.db import DatabaseError, transaction

from audit import record as audit
from audit.plain_numbers import without_numbers
from compliance.denials import DeniedError
from compliance.desk_numbers import desk_numbers
from compliance.ledger_time import ledger_now
from compliance.models import Incident, IncidentEvent, Playbook, User

RULE = "CN13-SEC-04"
APPROVERS = frozenset({User.Role.COMPLIANCE, User.Role.ADMINISTRATOR})


class NotASecondPersonError(DeniedError):
    """A playbook needs two different people, the second one of compliance."""


class IncidentStepError(Exception):
    """The step is not this person's to take, or not open to the incident as it stands."""


@transaction.atomic
def playbook_record(
    *, document_sha256: str, rehearsed_on: date, author: User, approver: User, now: datetime
) -> Playbook:
    """Keep the plan for a breach; it counts as known for a year after its rehearsal.

    :raises NotASecondPersonError: if the approver is the author or has no such role
    """
    if approver.pk == author.pk or approver.role not in APPROVERS or not approver.is_active:
        raise NotASecondPersonError(f"{approver} cannot approve the playbook.")
    playbook = Playbook.objects.create(
        document_sha256=document_sha256,
        rehearsed_on=rehearsed_on,
        review_on=rehearsed_on + timedelta(days=desk_numbers(RULE)["rehearse_days"]),
        author=author,
        approver=approver,
        recorded_at=now,
    )
    audit.record(
        "playbook.recorded",
        obj=f"playbook:{playbook.pk}",
        actor=f"u:{approver.pk}",
        now=now,
        data={
            "document_sha256": document_sha256,
            "author": author.pk,
            "review_on": playbook.review_on.isoformat(),
        },
    )
    return playbook


@transaction.atomic
def incident_open(
    *,
    kind: str,
    summary: str,
    data_kinds: str,
    persons: int | None,
    noticed_at: datetime,
    actor: str,
    now: datetime,
) -> Incident:
    """Record a breach; its clocks run from the instant at which somebody noticed it.

    :param persons: how many people's data; None while nobody knows
    """
    hours = desk_numbers(RULE)
    noticed = min(noticed_at, now)
    incident = Incident.objects.create(
        kind=Incident.Kind(kind),
        summary=without_numbers(summary).strip(),
        data_kinds=without_numbers(data_kinds).strip(),
        persons=persons,
        noticed_at=noticed,
        recorded_at=ledger_now(),
        recorded_by=actor,
        contain_by=noticed + timedelta(hours=hours["contain_hours"]),
        report_by=noticed + timedelta(hours=hours["report_hours"]),
        notify_by=noticed + timedelta(hours=hours["notify_hours"]),
    )
    audit.record(
        "incident.opened",
        obj=f"incident:{incident.pk}",
        actor=actor,
        now=now,
        data={
            "kind": incident.kind,
            "data_kinds": incident.data_kinds,
            "persons": -1 if persons is None else persons,
            "report_by": incident.report_by.isoformat(),
            "notify_by": incident.notify_by.isoformat(),
        },
    )
    return incident


def incident_step(
    *,
    incident: Incident,
    kind: str,
    by: User,
    now: datetime,
    approver: User | None = None,
    note: str = "",
    sha256: str = "",
) -> IncidentEvent:
    """Take one step; that nobody is told, and the end, need a second person and a reason.

    :raises IncidentStepError: if the database refuses the step
    """
    if kind not in IncidentEvent.Kind.values:
        raise IncidentStepError(f"{kind} is no step of an incident.")
    event = IncidentEvent(
        incident=incident,
        kind=IncidentEvent.Kind(kind),
        by=by,
        approver=approver,
        note=without_numbers(note).strip(),
        sha256=sha256,
        at=now,
    )
    try:
        with transaction.atomic():
            event.save(force_insert=True)
            audit.record(
                f"incident.{event.kind}",
                obj=f"incident:{incident.pk}",
                actor=f"u:{by.pk}",
                now=now,
                data={
                    "note": event.note,
                    "sha256": sha256,
                    "approver": 0 if approver is None else approver.pk,
                },
            )
    except DatabaseError as error:
        raise IncidentStepError(str(error).partition("\n")[0]) from error
    return event
