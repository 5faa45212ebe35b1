"""The pages of trunks: the ledger, one trunk, its checks, and what can be done about it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from compliance import clock
from compliance.models import Trunk
from compliance.selectors.clock_due import local_day
from console.access import may
from console.jobs import start
from console.jobs.kinds.trunk_check import CODE
from console.models import TrunkCheck
from console.selectors.call_centre.trunks import (
    broken_in,
    campaigns_on,
    checks_of,
    edge_of,
    steps_of,
    trunks_shown,
)
from console.templatetags.either import either
from console.views.call_centre.acts import Act, act_page
from console.views.call_centre.trunk_acts import ENDPOINT, RECORD, TRUNK_ACTS

OPENS = ("live", "audit_entries", "campaigns", "trunk_check", "trunk_endpoint")


@require_GET
def trunks(request: HttpRequest) -> HttpResponse:
    """Show every trunk of the ledger, and how it is."""
    now = clock.read()
    return render(
        request,
        "console/call_centre/lines/trunks.html",
        {
            "trunks": trunks_shown(now=now),
            "today": local_day(now),
            "may_record": may(request.user, "trunk_record"),
            "may_live": may(request.user, "live"),
        },
    )


@require_GET
def trunk(request: HttpRequest, trunk_id: int) -> HttpResponse:
    """Show one trunk: the ledger, the endpoint, what it carries, what its checks found."""
    now = clock.read()
    shown = next(iter(trunks_shown(now=now, only=trunk_id)), None)
    if shown is None:
        raise Http404
    acts = TRUNK_ACTS if shown.row.active and may(request.user, "trunk_act") else ()
    return render(
        request,
        "console/call_centre/lines/trunk.html",
        {
            "one": shown,
            "today": local_day(now),
            "edge": edge_of(shown.endpoint),
            "numbers": shown.row.caller_numbers.order_by("-callout_opened", "number"),
            "campaigns": campaigns_on(shown.row),
            "checks": [(one, broken_in(one)) for one in checks_of(shown.row)],
            "acts": acts,
            "may": {name: may(request.user, name) for name in OPENS},
        },
    )


@require_POST
def trunk_check(request: HttpRequest, trunk_id: int) -> HttpResponse:
    """Try the trunk in a worker, step by step."""
    row = get_object_or_404(Trunk, pk=trunk_id)
    job = start(request, kind=CODE, arguments={"trunk": row.pk})
    return redirect("console:job", job_id=job.pk)


@require_GET
def trunk_checked(request: HttpRequest, check_id: int) -> HttpResponse:
    """Show what one check found."""
    rows = TrunkCheck.objects.select_related("trunk", "checked_by")
    check = get_object_or_404(rows, pk=check_id)
    return render(
        request,
        "console/call_centre/lines/trunk_checked.html",
        {
            "check": check,
            "steps": steps_of(check),
            "broken": broken_in(check),
            "may_check": may(request.user, "trunk_check"),
        },
    )


@require_http_methods(["GET", "POST"])
def trunk_record(request: HttpRequest) -> HttpResponse:
    """Record a trunk."""
    return act_page(
        request, RECORD, subject=None, back=reverse("console:trunks"), crumbs=[_trunks()]
    )


@require_http_methods(["GET", "POST"])
def trunk_act(request: HttpRequest, trunk_id: int, what: str) -> HttpResponse:
    """Do one thing about a trunk."""
    act = next((one for one in TRUNK_ACTS if one.code == what), None)
    if act is None:
        raise Http404
    return _act(request, trunk_id, act)


@require_http_methods(["GET", "POST"])
def trunk_endpoint(request: HttpRequest, trunk_id: int) -> HttpResponse:
    """Say how the trunk is reached."""
    return _act(request, trunk_id, ENDPOINT)


def _act(request: HttpRequest, trunk_id: int, act: Act) -> HttpResponse:
    row = get_object_or_404(Trunk, pk=trunk_id)
    back = reverse("console:trunk", kwargs={"trunk_id": row.pk})
    return act_page(request, act, subject=row, back=back, crumbs=[_trunks(), (back, row.code)])


def _trunks() -> tuple[str, str]:
    return reverse("console:trunks"), either("线路", "Trunks")
