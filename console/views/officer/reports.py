"""The daily report: a page, a PDF and the sealed bytes themselves."""

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from compliance import clock
from compliance.models import DailyReport
from compliance.services.daily_report_make import DayNotBegunError, daily_report_make, yesterday
from console.access import may
from console.asked import day_from
from console.papers.daily_report import daily_report_paper as paper
from console.selectors.officer.daily import parts_of
from console.selectors.officer.reports import kept_report, reports_page
from console.templatetags.either import either
from console.trail import actor_of

NEVER = date(9998, 1, 1)


@require_GET
def daily_reports(request: HttpRequest) -> HttpResponse:
    """Show the days that have a report."""
    rows, after = reports_page(day_from(request.GET.get("before", "")))
    return render(
        request,
        "console/officer/daily_reports.html",
        {
            "reports": rows,
            "after": after,
            "may_make": may(request.user, "daily_report_make"),
            "yesterday": yesterday(clock.read()),
        },
    )


@require_POST
def daily_report_make_page(request: HttpRequest) -> HttpResponse:
    """Make the report of a day; equal figures make no other edition."""
    now = clock.read()
    day = day_from(request.POST.get("day", "")) or NEVER
    try:
        report = daily_report_make(day=day, actor=actor_of(request), now=now)
    except DayNotBegunError:
        messages.warning(request, either("请选择已开始的日期。", "Choose a day that has begun."))
        return redirect("console:daily_reports")
    return redirect("console:daily_report", report_id=report.pk)


@require_GET
def daily_report(request: HttpRequest, report_id: int) -> HttpResponse:
    """Show one edition of a day's report."""
    row = get_object_or_404(DailyReport, pk=report_id)
    kept = kept_report(row)
    editions = DailyReport.objects.filter(day=row.day).order_by("-edition").defer("body")
    return render(
        request,
        "console/officer/daily_report.html",
        {
            "kept": kept,
            "parts": parts_of(kept.figures),
            "editions": editions,
            "told": kept,  # as the proof is included
        },
    )


@require_GET
def daily_report_paper(request: HttpRequest, report_id: int) -> HttpResponse:  # noqa: ARG001
    """Give the report as a bilingual PDF."""
    row = get_object_or_404(DailyReport, pk=report_id)
    return _file(paper(kept_report(row)), "application/pdf", f"{_name(row)}.pdf")


@require_GET
def daily_report_file(request: HttpRequest, report_id: int) -> HttpResponse:  # noqa: ARG001
    """Give the very bytes that the sealed digest is of."""
    row = get_object_or_404(DailyReport, pk=report_id)
    return _file(bytes(row.body), "application/json", f"{_name(row)}.json")


def _name(row: DailyReport) -> str:
    return f"daily-{row.day}-{row.edition}"


def _file(content: bytes, content_type: str, name: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type=content_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
