"""The desk's page, and its state again whenever that has changed."""

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from compliance import clock
from compliance.models import CampaignFiling, Seat
from console.access import member
from console.selectors.desk.picture import DeskNow, Phase, desk_now
from console.selectors.explained import reader_language
from console.templatetags.either import either
from dialer.models import Campaign, Preview, WrapUp
from dialer.models.wrap_up import REFUSALS

RUNNING = CampaignFiling.State.ACTIVE
SAID = {
    WrapUp.Said.TALKED: ("已通话", "Talked with the person"),
    WrapUp.Said.CALL_AGAIN: ("对方约定了另一时间", "The person named another time"),
    WrapUp.Said.WRONG_PERSON: ("接听的是别人", "Somebody else answered"),
    WrapUp.Said.NOBODY: ("无人说话", "Nobody spoke"),
    WrapUp.Said.REFUSED: ("对方拒绝此类来电", "Wants no more calls of this kind"),
    WrapUp.Said.REFUSED_ALL: ("对方拒绝一切来电", "Wants no more calls from anybody"),
}
REASONS = {
    Preview.Reason.KNOWN: ("我认识此人", "I know the person"),
    Preview.Reason.LANGUAGE: ("需用另一种语言", "Another language is needed"),
    Preview.Reason.UNPREPARED: ("我答不了此人问的事", "I cannot answer what was asked for"),
}
SOURCES = {
    "key_9": ("对方按了 9", "The person pressed 9"),
    "agent": ("您登记了对方的拒绝", "You noted the person's no"),
    "speech": ("识别到对方拒绝", "A machine heard the person refuse"),
    "carrier": ("运营商回报对方拒接此类来电", "The carrier reports that the person refuses"),
}


@require_GET
def seat(request: HttpRequest) -> HttpResponse:
    """Show the agent's desk, or how an agent without one gets one."""
    own = _active_seat(request)
    if own is None:
        return render(request, "console/desk/none.html")
    return render(request, "console/desk/page.html", _shown(own))


@require_GET
def seat_state(request: HttpRequest) -> HttpResponse:
    """Show its state alone, for the page that is open; nothing while it is the same."""
    shown = _shown(own_seat(request))
    if request.GET.get("seen", "") == shown["mark"]:
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    return render(request, "console/desk/state.html", shown)


def answer(
    request: HttpRequest, own: Seat, *, notice: tuple[str, str] | None = None
) -> HttpResponse:
    """Return to the desk after a press: its new state alone, where a script asked for that."""
    if "HX-Request" in request.headers:
        said = either(*notice) if notice else ""
        return render(request, "console/desk/state.html", _shown(own) | {"notice": said})
    if notice:
        messages.warning(request, either(*notice))
    return redirect("console:seat")


def own_seat(request: HttpRequest) -> Seat:
    """Return the seat of whoever is logged in; there is no way to name another.

    :raises Http404: if they have none
    """
    own = _active_seat(request)
    if own is None:
        raise Http404
    return own


def _active_seat(request: HttpRequest) -> Seat | None:
    return Seat.objects.filter(agent=member(request), active=True).first()


def _shown(own: Seat) -> dict[str, object]:
    now = clock.read()
    desk = desk_now(seat=own, now=now)
    return {
        "desk": desk,
        "mark": desk.mark(language=reader_language()),
        "now": now,
        "phase": desk.phase.value,
        "heard": [
            (either(*SOURCES.get(one.source, (one.source, one.source))), one.at)
            for one in desk.heard
        ],
        "words": _words(desk),
        "reasons": [(key.value, either(*words)) for key, words in REASONS.items()],
        "campaigns": _campaigns(desk),
    }


def _words(desk: DeskNow) -> list[tuple[str, str]]:
    """Return what the agent may say of the call: nothing but the refusal, once one was heard."""
    offered = REFUSALS if desk.heard else frozenset(SAID)
    return [(key.value, either(*words)) for key, words in SAID.items() if key in offered]


def _campaigns(desk: DeskNow) -> list[Campaign]:
    if desk.phase in {Phase.DIALLING, Phase.RINGING, Phase.TALKING}:
        return []
    running = Campaign.objects.filter(filing__state=RUNNING)
    return list(running.select_related("filing__principal").order_by("pk"))
