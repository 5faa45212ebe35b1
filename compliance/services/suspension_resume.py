"""The way out of a suspension: a corrective report, two people beside its author, and once."""

import hashlib
from datetime import datetime

from django.db import DatabaseError, transaction

from audit import record as audit
from audit.plain_numbers import without_numbers
from compliance.models import (
    CorrectiveApproval,
    CorrectiveReport,
    Resumption,
    Seat,
    Suspension,
    User,
)


class ResumptionRefusedError(Exception):
    """The database refuses: too few people, too early, or a second time."""


@transaction.atomic
def corrective_report_write(
    *, suspension: Suspension, text: str, author: User, now: datetime
) -> CorrectiveReport:
    """Write down what went wrong and what was changed; a new version is another report."""
    said = without_numbers(text).strip()
    report = CorrectiveReport.objects.create(
        suspension=suspension,
        author=author,
        text=said,
        text_sha256=hashlib.sha256(said.encode()).hexdigest(),
        written_at=now,
    )
    audit.record(
        "suspension.reported",
        obj=f"suspension:{suspension.pk}",
        actor=f"u:{author.pk}",
        now=now,
        data={"report": report.pk, "text_sha256": report.text_sha256},
    )
    return report


def corrective_report_approve(
    *, report: CorrectiveReport, approver: User, now: datetime
) -> CorrectiveApproval:
    """Approve a report that somebody else wrote.

    :raises ResumptionRefusedError: if it is not this person's to approve
    """
    try:
        with transaction.atomic():
            approval = CorrectiveApproval.objects.create(
                report=report, approver=approver, approved_at=now
            )
            audit.record(
                "suspension.approved",
                obj=f"suspension:{report.suspension_id}",
                actor=f"u:{approver.pk}",
                now=now,
                data={"report": report.pk},
            )
    except DatabaseError as error:
        raise ResumptionRefusedError(str(error).partition("\n")[0]) from error
    return approval


def suspension_end(*, report: CorrectiveReport, actor: str, now: datetime) -> Resumption:
    """End the suspension that the approved report is about; a suspended seat is active again.

    :raises ResumptionRefusedError: on fewer than two approvals, before its time is over, or if it
        was resumed once before
    """
    suspension = report.suspension
    try:
        with transaction.atomic():
            resumption = Resumption.objects.create(
                suspension=suspension, report=report, resumed_at=now
            )
            if suspension.seat_id is not None:
                Seat.objects.filter(pk=suspension.seat_id).update(active=True)
            approvers = report.approvals.order_by("approver_id")
            audit.record(
                "suspension.ended",
                obj=f"suspension:{suspension.pk}",
                actor=actor,
                now=now,
                data={
                    "report": report.pk,
                    "author": report.author_id,
                    "approvers": list(approvers.values_list("approver_id", flat=True)),
                },
            )
    except DatabaseError as error:
        raise ResumptionRefusedError(str(error).partition("\n")[0]) from error
    return resumption
