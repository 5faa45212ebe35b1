"""What agents press between calls: ready, ready to see the person first, break."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from compliance import clock
from console.trail import actor_of
from console.views.desk.page import RUNNING, answer, own_seat
from dialer.models import Campaign
from dialer.services.preview_show import LookOnError, preview_show
from dialer.services.seat_press import SeatBusyError, WrapUpOwedError, seat_pause, seat_ready

HAS_A_CALL = (
    "坐席正在通话，请在结束后再按。",
    "Your seat has a call; press again when it is over.",
)
LOOK_ON = (
    "刚才问到的人均不得外呼；名单上可能还有人，请再看一次。",
    "None of the people just asked about may be called; there may be others: look once more.",
)
WRAP_UP_FIRST = ("请先填写上一通的小结。", "Say first what came of the last call.")


@require_POST
def seat_ready_press(request: HttpRequest) -> HttpResponse:
    """Make the seat ready for one call; every call needs a press of its own."""
    own = own_seat(request)
    try:
        seat_ready(
            seat=own, campaign=_campaign(request), actor=actor_of(request), now=clock.read()
        )
    except SeatBusyError:
        return answer(request, own, notice=HAS_A_CALL)
    except WrapUpOwedError:
        return answer(request, own, notice=WRAP_UP_FIRST)
    return answer(request, own)


@require_POST
def seat_preview_press(request: HttpRequest) -> HttpResponse:
    """Show the agent the next person, for a call that another press asks for."""
    own = own_seat(request)
    try:
        preview_show(
            seat=own, campaign=_campaign(request), actor=actor_of(request), now=clock.read()
        )
    except SeatBusyError:
        return answer(request, own, notice=HAS_A_CALL)
    except WrapUpOwedError:
        return answer(request, own, notice=WRAP_UP_FIRST)
    except LookOnError:
        return answer(request, own, notice=LOOK_ON)
    return answer(request, own)


@require_POST
def seat_pause_press(request: HttpRequest) -> HttpResponse:
    """Take the seat out of dialling."""
    own = own_seat(request)
    try:
        seat_pause(seat=own, actor=actor_of(request), now=clock.read())
    except SeatBusyError:
        return answer(request, own, notice=HAS_A_CALL)
    return answer(request, own)


def _campaign(request: HttpRequest) -> Campaign:
    running = Campaign.objects.filter(filing__state=RUNNING).select_related("filing")
    return get_object_or_404(running, filing__code=request.POST.get("campaign", ""))
