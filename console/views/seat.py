"""The agent's own seat: ready for one call, or on a break."""

from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from compliance import clock
from compliance.models import CampaignFiling, Seat
from console.access import member
from console.selectors.floor import calls_of_seat
from console.trail import actor_of
from dialer.models import Campaign, SeatSession
from dialer.services.seat_press import SeatBusyError, seat_pause, seat_ready

RUNNING = CampaignFiling.State.ACTIVE


@require_GET
def seat(request: HttpRequest) -> HttpResponse:
    """Show the agent's seat."""
    return render(request, "console/seat.html", _shown(_own_seat(request), clock.read()))


@require_GET
def seat_state(request: HttpRequest) -> HttpResponse:
    """Show its state alone, for the page that is open."""
    return render(request, "console/seat/state.html", _shown(_own_seat(request), clock.read()))


@require_POST
def seat_ready_press(request: HttpRequest) -> HttpResponse:
    """Make the seat ready for one call; every call needs a press of its own."""
    own = _own_seat(request)
    running = Campaign.objects.filter(filing__state=RUNNING)
    campaign = get_object_or_404(running, filing__code=request.POST.get("campaign", ""))
    try:
        seat_ready(seat=own, campaign=campaign, actor=actor_of(request), now=clock.read())
    except SeatBusyError:
        messages.warning(request, _("Your seat has a call; press again when it is over."))
    return redirect("console:seat")


@require_POST
def seat_pause_press(request: HttpRequest) -> HttpResponse:
    """Take the seat out of dialling."""
    try:
        seat_pause(seat=_own_seat(request), actor=actor_of(request), now=clock.read())
    except SeatBusyError:
        messages.warning(request, _("Your seat has a call; press again when it is over."))
    return redirect("console:seat")


def _own_seat(request: HttpRequest) -> Seat:
    own = Seat.objects.filter(agent=member(request), active=True).first()
    if own is None:
        raise Http404
    return own


def _shown(own: Seat, now: datetime) -> dict[str, object]:
    session = SeatSession.objects.filter(seat=own).select_related("campaign__filing").first()
    running = Campaign.objects.filter(filing__state=RUNNING).select_related("filing__principal")
    return {
        "seat": own,
        "session": session,
        "state": SeatSession.State(session.state) if session else SeatSession.State.OFFLINE,
        "capped": bool(session and session.capped_until and session.capped_until > now),
        "calls": calls_of_seat(seat_id=own.pk, now=now),
        "campaigns": running.order_by("pk"),
    }
