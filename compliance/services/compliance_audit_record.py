"""Record a finished audit of how personal information is handled; the next is due in a year."""

from datetime import date, datetime

from django.db import transaction

from audit import record as audit
from compliance.models import ComplianceAudit, User

APPROVERS = frozenset({User.Role.COMPLIANCE, User.Role.ADMINISTRATOR})


class AuditNotSecondPersonError(Exception):
    """A report is approved by a compliance officer or administrator who did not write it."""


@transaction.atomic
def compliance_audit_record(
    *,
    kind: str,
    auditor: str,
    covers_from: date,
    covers_until: date,
    finished_on: date,
    report_sha256: str,
    findings: int,
    author: User,
    approver: User,
    now: datetime,
) -> ComplianceAudit:
    """Keep the audit by the digest of its report.

    :raises AuditNotSecondPersonError: if the approver is the author or has no such role
    """
    if approver.pk == author.pk or approver.role not in APPROVERS or not approver.is_active:
        raise AuditNotSecondPersonError(f"{approver} cannot approve the report.")
    row = ComplianceAudit.objects.create(
        kind=ComplianceAudit.Kind(kind),
        auditor=auditor,
        covers_from=covers_from,
        covers_until=covers_until,
        finished_on=finished_on,
        report_sha256=report_sha256,
        findings=findings,
        author=author,
        approver=approver,
        recorded_at=now,
    )
    audit.record(
        "compliance_audit.recorded",
        obj=f"compliance_audit:{row.pk}",
        actor=f"u:{approver.pk}",
        now=now,
        data={
            "kind": row.kind,
            "covers_until": covers_until.isoformat(),
            "findings": findings,
            "report_sha256": report_sha256,
            "author": author.pk,
        },
    )
    return row
