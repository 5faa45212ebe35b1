"""What complaints mean for a campaign: which are still open, and what they have suspended."""

from datetime import date

from django.db.models import Q

from compliance.models import CampaignFiling, Complaint, Resumption, Suspension
from compliance.rulebook.facts import ResumeFacts, SuspensionFacts
from compliance.selectors.complaints import still_open


def complaints_due(filing: CampaignFiling) -> tuple[date, ...]:
    """Return the last days of the open complaints about the campaign, the earliest first."""
    about = Complaint.objects.filter(accused__filing_id=filing.pk) if filing.pk else None
    if about is None:
        return ()
    days = still_open(about).values_list("due_on", flat=True)
    return tuple(sorted(days.order_by("pk").distinct()))


def suspensions_of(filing: CampaignFiling) -> tuple[SuspensionFacts, ...]:
    """Return what complaints have suspended of the campaign, its line and its principal."""
    its = Q(trunk_id=filing.trunk_id) | Q(principal_id=filing.principal_id)
    if filing.pk:
        its |= Q(filing_id=filing.pk)
    rows = Suspension.objects.filter(its).select_related("resumption__report").order_by("pk")
    return tuple(_facts(row) for row in rows.prefetch_related("resumption__report__approvals"))


def _facts(row: Suspension) -> SuspensionFacts:
    return SuspensionFacts(
        scope=scope_of(row),
        cause=row.cause,
        since=row.begun_at,
        until=row.until,
        resumed=_resumed(getattr(row, "resumption", None)),
    )


def scope_of(row: Suspension) -> str:
    """Return what a suspension is of: campaign, line, principal or seat."""
    if row.filing_id is not None:
        return "campaign"
    if row.trunk_id is not None:
        return "line"
    return "principal" if row.principal_id is not None else "seat"


def _resumed(row: Resumption | None) -> ResumeFacts | None:
    if row is None:
        return None
    approvers = sorted(approval.approver_id for approval in row.report.approvals.all())
    return ResumeFacts(author=row.report.author_id, approvers=tuple(approvers), at=row.resumed_at)
