"""The pages of outlets and seats."""

from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from compliance import clock
from compliance.models import Decision, Outlet, Seat
from compliance.rulebook.usage import DAY, HOUR
from compliance.selectors.clock_due import local_day
from compliance.selectors.seat_use import CAPS_RULE, seat_use
from console.access import may
from console.selectors.call_centre.seats import (
    QUOTA_RULE,
    TRAINING_RULE,
    outlets_page,
    outlets_shown,
    place_dues,
    seat_shown,
)
from console.selectors.call_centre.suspended import suspended_now
from console.selectors.decisions_wanted import Wanted
from console.templatetags.either import either
from console.views.call_centre.acts import Act, act_page
from console.views.call_centre.people_acts import OUTLET, OUTLET_ACTS, SEAT_CLOSE, SEAT_PHONE

SPANS = {"hour": HOUR, "day": DAY}
RULES = {"quota_rule": QUOTA_RULE, "training_rule": TRAINING_RULE, "caps_rule": CAPS_RULE}


@require_GET
def seats(request: HttpRequest) -> HttpResponse:
    """Show the outlets with their seats."""
    now = clock.read()
    return render(
        request,
        "console/call_centre/people/seats.html",
        {
            "page": outlets_page(now=now, after=request.GET.get("after", "")),
            "first_page": "after" not in request.GET,
            "today": local_day(now),
            "may_register": may(request.user, "outlet_register"),
            **RULES,
        },
    )


@require_GET
def outlet(request: HttpRequest, outlet_id: int) -> HttpResponse:
    """Show one outlet: who runs it, its inspection, its seats."""
    now = clock.read()
    shown = outlets_shown(Outlet.objects.filter(pk=outlet_id), now=now)
    if not shown:
        raise Http404
    row = shown[0].row
    acts = [act for act in OUTLET_ACTS if act.code != "seat" or not shown[0].full]
    return render(
        request,
        "console/call_centre/people/outlet.html",
        {
            "one": shown[0],
            "closed": [seat for seat in row.seats.all() if not seat.active],
            "reviews": row.reviews.select_related("author", "approver").order_by("-pk"),
            "today": local_day(now),
            "acts": acts if row.active and may(request.user, "outlet_act") else (),
            "may_audit": may(request.user, "audit_entries"),
            **RULES,
        },
    )


@require_GET
def seat_place(request: HttpRequest, seat_id: int) -> HttpResponse:
    """Show one seat: who is in it, its phone, what it has used of its caps."""
    now = clock.read()
    rows = Seat.objects.select_related(
        "agent", "outlet", "session__campaign__filing", "phone__registrar"
    )
    row = get_object_or_404(rows, pk=seat_id)
    return render(
        request,
        "console/call_centre/people/seat.html",
        {
            "one": seat_shown(row, clocks=place_dues(now), suspended=suspended_now().seats),
            "use": seat_use(seat_id=row.pk, now=now),
            "permits": {name: _permits(row, now - span, now) for name, span in SPANS.items()},
            "today": local_day(now),
            "acts": [
                (url, act)
                for url, act in (("seat_phone", SEAT_PHONE), ("seat_close", SEAT_CLOSE))
                if row.active and may(request.user, url)
            ],
            "may": {name: may(request.user, name) for name in ("decisions", "audit_entries")},
            **RULES,
        },
    )


def _permits(row: Seat, since: datetime, until: datetime) -> str:
    """Return the filters of the decisions that gave the seat a permit."""
    allowed, kind = Decision.Verdict.ALLOW, Decision.Kind.PERMIT
    return Wanted(verdict=allowed, kind=kind, seat=row.code, since=since, until=until).query


@require_http_methods(["GET", "POST"])
def outlet_register(request: HttpRequest) -> HttpResponse:
    """Register an outlet."""
    return act_page(
        request, OUTLET, subject=None, back=reverse("console:seats"), crumbs=[_seats()]
    )


@require_http_methods(["GET", "POST"])
def outlet_act(request: HttpRequest, outlet_id: int, what: str) -> HttpResponse:
    """Do one thing about an outlet."""
    act = next((one for one in OUTLET_ACTS if one.code == what), None)
    if act is None:
        raise Http404
    row = get_object_or_404(Outlet, pk=outlet_id)
    back = reverse("console:outlet", kwargs={"outlet_id": row.pk})
    return act_page(request, act, subject=row, back=back, crumbs=[_seats(), (back, row.name)])


@require_http_methods(["GET", "POST"])
def seat_close(request: HttpRequest, seat_id: int) -> HttpResponse:
    """Close a seat."""
    return _seat_act(request, seat_id, SEAT_CLOSE)


@require_http_methods(["GET", "POST"])
def seat_phone(request: HttpRequest, seat_id: int) -> HttpResponse:
    """Say where the seat's phone is."""
    return _seat_act(request, seat_id, SEAT_PHONE)


def _seat_act(request: HttpRequest, seat_id: int, act: Act) -> HttpResponse:
    row = get_object_or_404(Seat.objects.filter(active=True), pk=seat_id)
    back = reverse("console:seat_place", kwargs={"seat_id": row.pk})
    return act_page(request, act, subject=row, back=back, crumbs=[_seats(), (back, row.code)])


def _seats() -> tuple[str, str]:
    return reverse("console:seats"), either("坐席与门店", "Seats and outlets")
