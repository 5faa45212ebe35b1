"""Everything that expires or falls due, the most urgent first."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from compliance import clock
from compliance.selectors.clock_due import local_day
from compliance.selectors.clocks import clocks

SPANS = (7, 30, 90, 0)  # days ahead; 0: all


@require_GET
def deadlines(request: HttpRequest) -> HttpResponse:
    """Show the clocks that run within so many days."""
    now = clock.read()
    asked = request.GET.get("days", "")
    days = int(asked) if asked in {str(span) for span in SPANS} else SPANS[1]
    today = local_day(now)
    found = [
        (due, (due.due_on - today).days)
        for due in clocks(now=now)
        if not days or (due.due_on - today).days <= days
    ]
    return render(
        request,
        "console/administration/deadlines.html",
        {
            "rows": found,
            "overdue": sum(due.overdue for due, _ in found),
            "stopping": sum(due.overdue and due.stops_calls for due, _ in found),
            "days": days,
            "spans": SPANS,
        },
    )
