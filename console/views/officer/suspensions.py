"""Suspensions: what rests and why, the corrective report, and the two who have to approve it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from compliance import clock
from compliance.models import Suspension, User
from compliance.selectors.complaints import complaints_for
from compliance.services.suspension_resume import corrective_report_write
from console.access import may, member
from console.approvals.flow import propose
from console.selectors.officer.suspensions import suspensions_page
from console.templatetags.either import either

LEAST_SIGNS = 20  # of a plan that says something


@require_GET
def suspensions(request: HttpRequest) -> HttpResponse:
    """Show what is suspended, or what was."""
    ended = request.GET.get("show") == "ended"
    return render(
        request,
        "console/officer/suspensions.html",
        {
            "page": suspensions_page(ended=ended, after=request.GET.get("after", "")),
            "ended": ended,
        },
    )


@require_GET
def suspension(request: HttpRequest, suspension_id: int) -> HttpResponse:
    """Show one suspension with its reports and approvals."""
    row, reader = _row(suspension_id), member(request)
    reports = row.reports.select_related("author").prefetch_related("approvals__approver")
    return render(
        request,
        "console/officer/suspension.html",
        {
            "suspension": row,
            "counts": row.counts.items(),
            "reports": reports.order_by("-pk"),
            "resumption": getattr(row, "resumption", None),
            "complaint": _complaint(row, reader),
            "early": row.until is not None and row.until > clock.read(),
            "may_report": may(reader, "suspension_report") and not hasattr(row, "resumption"),
        },
    )


@require_POST
def suspension_report(request: HttpRequest, suspension_id: int) -> HttpResponse:
    """Write the corrective report, and ask two others for their approval of it."""
    row, text = _row(suspension_id), request.POST.get("text", "").strip()
    if len(text) < LEAST_SIGNS:
        messages.warning(
            request,
            either("整改报告须写明原因与整改措施。", "Say what went wrong and what was changed."),
        )
        return redirect("console:suspension", suspension_id=row.pk)
    report = corrective_report_write(
        suspension=row, text=text, author=member(request), now=clock.read()
    )
    waits = propose(
        request,
        kind="suspension",
        subject=report.pk,
        summary=(f"整改后恢复：暂停 {row.pk}", f"End suspension {row.pk} on a report"),
    )
    return redirect("console:approval", approval_id=waits.pk)


def _row(suspension_id: int) -> Suspension:
    rows = Suspension.objects.select_related(
        "filing", "seat", "trunk", "principal", "resumption__report"
    )
    return get_object_or_404(rows, pk=suspension_id)


def _complaint(row: Suspension, reader: User) -> int | None:
    """Return the case that brought it about, to whoever may see that."""
    if row.complaint_id is None:
        return None
    seen = complaints_for(reader).filter(pk=row.complaint_id)
    return row.complaint_id if seen.exists() else None
