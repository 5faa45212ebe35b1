"""A suspension ends, on a corrective report that two others approve. Subject: the report's key."""

from datetime import datetime

from compliance.models import CorrectiveReport, User
from compliance.services.suspension_resume import (
    ResumptionRefusedError,
    corrective_report_approve,
    suspension_end,
)
from console.approvals.kind import DECIDERS, CannotCarryOutError, Kind, Shown, Subject

PEOPLE = 2


class SuspensionResumption(Kind):
    """Wraps `corrective_report_approve`, and `suspension_end` behind the second of the two."""

    code, zh, en = "suspension", "整改后恢复外呼", "End a suspension"
    proposers = DECIDERS | {User.Role.SUPERVISOR}
    people = PEOPLE

    def shown(self, subject: Subject) -> Shown:
        """Return the report, and what it is about."""
        report = _report(subject)
        return Shown(
            rows=(
                ("暂停", "Suspension", str(report.suspension)),
                ("原因", "Cause", report.suspension.get_cause_display()),
                ("开始", "Begun", report.suspension.begun_at),
                ("最早结束", "Not before", report.suspension.until or "—"),
                ("整改报告", "Corrective report", report.text),
                ("报告人", "Written by", str(report.author)),
            )
        )

    def approve(self, subject: Subject, by: User, now: datetime) -> None:
        """Approve the report; behind the second approval, end the suspension."""
        report = _report(subject)
        try:
            if not report.approvals.filter(approver=by).exists():
                corrective_report_approve(report=report, approver=by, now=now)
            if report.approvals.count() >= PEOPLE:
                suspension_end(report=report, actor=f"u:{by.pk}", now=now)
        except ResumptionRefusedError as error:
            raise CannotCarryOutError(
                f"暂停仍然有效：{error}", f"The suspension stands: {error}"
            ) from error


def _report(subject: Subject) -> CorrectiveReport:
    reports = CorrectiveReport.objects.select_related("suspension", "author")
    return reports.get(pk=int(subject.id))
