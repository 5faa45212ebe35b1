"""The first page of supervisors and administrators."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from compliance import clock
from console.access import may, member
from console.selectors.call_centre.today import stopping_clocks
from console.selectors.call_centre.today import today as read

OPENS = ("complaints", "suspensions", "approvals", "live", "campaigns", "decisions")


@require_GET
def today(request: HttpRequest) -> HttpResponse:
    """Show the call centre at a glance; every figure leads to its rows."""
    seen = read(reader=member(request), now=clock.read())
    return render(
        request,
        "console/call_centre/today/today.html",
        {"today": seen, "may": {name: may(request.user, name) for name in OPENS}},
    )


@require_GET
def today_clocks(request: HttpRequest) -> HttpResponse:
    """Show the clocks that stop calls, for the page that is open: they are read one by one."""
    return render(
        request,
        "console/call_centre/today/clocks.html",
        {"clocks": stopping_clocks(now=clock.read())},
    )
