"""What agents do with the person on their card and the call that they have."""

from collections.abc import Callable
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from compliance import clock
from compliance.models import Seat, User
from compliance.selectors.refusals_of_call import refusals_of_call
from console.access import member
from console.trail import actor_of
from console.views.desk.page import answer, own_seat
from dialer.models import Attempt, DeskPress, WrapUp
from dialer.models.wrap_up import REFUSALS
from dialer.services.desk_press import CallOverError, call_hang_up, call_hold, call_resume
from dialer.services.dial_request import NoLineFreeError
from dialer.services.disposition_record import CallIsUpError, disposition_record
from dialer.services.preview_call import (
    NoPhoneError,
    NoPreviewError,
    TooSoonError,
    preview_call,
)
from dialer.services.preview_put_back import PutBackTooOftenError, preview_put_back
from dialer.services.seat_press import SeatBusyError

Notice = tuple[str, str]

CARD_OVER = ("名片已过时，请再看一位。", "That card's time is over; ask for the next person.")
OVER = ("这通电话已经结束。", "That call is over.")
UP = (
    "通话尚未结束；此时只能登记拒绝。",
    "The call is not over; until then only a refusal counts.",
)
HEARD = (
    "通话中已听到拒绝，小结只能登记为拒绝；请确认。",
    "A refusal was heard in the call, and it stays one; please confirm it.",
)
WHICH = ("请选择一项。", "Choose one.")
WHY_NOT_CALLED: dict[type[Exception], Notice] = {
    NoPreviewError: CARD_OVER,
    TooSoonError: (
        "请先看完名片（5 秒）再外呼。",
        "Read the card first: the call opens in 5 seconds.",
    ),
    NoPhoneError: (
        "话机未接通，不能外呼；请检查话机。",
        "Your phone is not connected; check it first.",
    ),
    NoLineFreeError: (
        "线路不可用或已占满，请稍候再按。",
        "No line is free; press again in a moment.",
    ),
    SeatBusyError: ("坐席正在通话。", "Your seat has a call."),
}


@require_POST
def seat_preview_call(request: HttpRequest) -> HttpResponse:
    """Ask the gate for a call to the person on the card."""
    own = own_seat(request)
    try:
        preview_call(seat=own, actor=actor_of(request), now=clock.read())
    except tuple(WHY_NOT_CALLED) as error:
        return answer(request, own, notice=WHY_NOT_CALLED[type(error)])
    return answer(request, own)


@require_POST
def seat_put_back(request: HttpRequest) -> HttpResponse:
    """Give the person on the card to somebody else, for a reason."""
    own, reason = own_seat(request), request.POST.get("reason", "")
    notice: Notice | None = None
    try:
        preview_put_back(seat=own, reason=reason, actor=actor_of(request), now=clock.read())
    except NoPreviewError:
        notice = CARD_OVER
    except PutBackTooOftenError:
        notice = (
            "一小时内最多退回三位；请呼叫此人，或休息。",
            "Three people an hour may be put back: call this one, or take a break.",
        )
    except ValueError:
        notice = WHICH
    return answer(request, own, notice=notice)


@require_POST
def seat_refused(request: HttpRequest) -> HttpResponse:
    """Take down that the person says no: at once, and the line ends the call."""
    own = own_seat(request)
    call = _call(request, own)
    if call is None:
        return answer(request, own, notice=OVER)
    said = WrapUp.Said.REFUSED_ALL if request.POST.get("all") else WrapUp.Said.REFUSED
    disposition_record(
        attempt_id=call.pk, seat=own, said=said, actor=actor_of(request), now=clock.read()
    )
    return answer(request, own)


@require_POST
def seat_wrap_up(request: HttpRequest) -> HttpResponse:
    """Take the agent's word for the call; none but the refusal where one was heard."""
    own, said = own_seat(request), request.POST.get("said", "")
    call = _call(request, own)
    if call is None or said not in WrapUp.Said.values:
        return answer(request, own, notice=WHICH if call else OVER)
    if said not in REFUSALS and refusals_of_call(call.permit).exists():
        return answer(request, own, notice=HEARD)  # it came while the form was open
    try:
        disposition_record(
            attempt_id=call.pk, seat=own, said=said, actor=actor_of(request), now=clock.read()
        )
    except CallIsUpError:
        return answer(request, own, notice=UP)
    return answer(request, own)


@require_POST
def seat_hang_up(request: HttpRequest) -> HttpResponse:
    """End the seat's call; one that rings rings its fifteen seconds first."""
    return _press(request, call_hang_up)


@require_POST
def seat_hold(request: HttpRequest) -> HttpResponse:
    """Let the callee wait, who can still press 9."""
    return _press(request, call_hold)


@require_POST
def seat_resume(request: HttpRequest) -> HttpResponse:
    """Go on talking."""
    return _press(request, call_resume)


def _press(request: HttpRequest, press: Callable[..., DeskPress]) -> HttpResponse:
    own = own_seat(request)
    call = _call(request, own)
    try:
        _carry(press, call, member(request), clock.read())
    except CallOverError:
        return answer(request, own, notice=OVER)
    return answer(request, own)


def _carry(press: Callable[..., DeskPress], call: Attempt | None, by: User, now: datetime) -> None:
    if call is None:
        raise CallOverError
    press(attempt_id=call.pk, by=by, now=now)


def _call(request: HttpRequest, own: Seat) -> Attempt | None:
    """Return the call that the page was about, if it is one of this seat's."""
    named = request.POST.get("call", "")
    if not (named.isascii() and named.isdecimal() and len(named) < len(str(2**63))):
        return None
    calls = Attempt.objects.select_related("permit")
    return calls.filter(pk=int(named), permit__seat=own).first()
