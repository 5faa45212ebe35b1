"""Does the wire equal the permits? The hours of a day, and one hour call by call."""

from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from compliance import clock
from compliance.lists.moments import LOCAL
from console.asked import day_from
from console.selectors.audit.wire import day_of_wire, hour_named, hour_of_wire, name_of, runs
from console.selectors.wire import wire as all_counts


@require_GET
def wire(request: HttpRequest) -> HttpResponse:
    """Show one day's counts, today's unless another is asked for, and what was found before."""
    today = clock.host_now().astimezone(LOCAL).date()
    day = day_from(request.GET.get("day", "")) or today
    found = day_of_wire(day)
    return render(
        request,
        "console/audit/wire.html",
        {
            "wire": all_counts(),
            "day": day,
            "today": today,
            "before": day - timedelta(days=1),
            "after": day + timedelta(days=1) if day < today else None,
            "found": found,
            "hours": [(name_of(one.at), one) for one in found.hours],
            "runs": runs(),
        },
    )


@require_GET
def wire_hour(request: HttpRequest, hour: str) -> HttpResponse:
    """Show one hour: who counted what, every odd call, and the calls themselves."""
    try:
        at = hour_named(hour)
    except ValueError as error:
        raise Http404 from error
    context = {"at": at, "day": at.astimezone(LOCAL).date(), "found": hour_of_wire(at)}
    return render(request, "console/audit/wire_hour.html", context)
