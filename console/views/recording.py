"""Hearing the recording of a call: for a reason, by whom it may be, in any player of a browser."""

import re
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from compliance import clock
from console.access import member
from console.templatetags.either import either
from console.trail import actor_of, note
from dialer.models import Recording
from dialer.recording.player_client import Part, play
from dialer.recording.player_words import GONE, LONGEST_PART, NOT_ALLOWED, NotPlayedError
from dialer.services.recording_play import (
    NothingToPlayError,
    PlayRefusedError,
    may_hear,
    played_by,
    recording_play,
)

RANGE = re.compile(r"bytes=([0-9]{1,12})-([0-9]{0,12})")
STATUS = {NOT_ALLOWED: 403, GONE: 404}  # others: 503


@require_http_methods(["GET", "POST"])
def recording(request: HttpRequest, decision_id: UUID) -> HttpResponse:
    """Ask for a reason, and let it be heard for one."""
    row = _row(decision_id)
    if not may_hear(row, member(request)):
        _denied(request, row)
    if request.method == "POST":
        return _let_hear(request, row, decision_id)
    return render(request, "console/recording.html", _shown(row))


@require_GET
def recording_heard(request: HttpRequest, decision_id: UUID, entry: UUID) -> HttpResponse:
    """Show the player."""
    row = _row(decision_id)
    _own(request, row, entry)
    return render(request, "console/recording.html", _shown(row) | {"entry": entry})


@require_GET
def recording_audio(request: HttpRequest, decision_id: UUID, entry: UUID) -> HttpResponse:
    """Give the browser a part of the WAV; the player process opens it, this one cannot."""
    row = _row(decision_id)
    _own(request, row, entry)
    first, count = _asked(request.headers.get("Range", ""))
    try:
        part = play(
            Path(settings.RECORDING_PLAYER),
            recording=row.pk,
            entry=entry,
            first=first,
            count=count,
        )
    except NotPlayedError as refused:
        return HttpResponse(status=STATUS.get(refused.why, 503))  # for a browser's player
    return _part(part, first)


def _part(part: Part, first: int) -> HttpResponse:
    """Answer with as much as the player gives at once; browsers ask for the rest."""
    if first >= part.size:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{part.size}"})
    last = first + len(part.content) - 1
    return HttpResponse(
        part.content,
        status=206,
        content_type="audio/wav",
        headers={
            "Accept-Ranges": "bytes",
            "Content-Range": f"bytes {first}-{last}/{part.size}",
        },
    )


def _asked(header: str) -> tuple[int, int]:
    """Return from where and how much; whoever does not say gets the beginning."""
    found = RANGE.fullmatch(header)
    if found is None:
        return 0, LONGEST_PART
    first = int(found[1])
    last = int(found[2]) if found[2] else first + LONGEST_PART
    return first, max(1, min(last - first + 1, LONGEST_PART))


def _let_hear(request: HttpRequest, row: Recording, decision_id: UUID) -> HttpResponse:
    try:
        entry = recording_play(
            recording=row,
            by=member(request),
            reason=request.POST.get("reason", ""),
            now=clock.read(),
        )
    except PlayRefusedError:
        messages.warning(request, either("请选择理由。", "Choose a reason."))
        return redirect("console:recording", decision_id=decision_id)
    except NothingToPlayError as error:
        raise Http404 from error
    return redirect("console:recording_heard", decision_id=decision_id, entry=entry)


def _own(request: HttpRequest, row: Recording, entry: UUID) -> None:
    """Accept whoever the entry names, if they still may."""
    try:
        heard_by = played_by(entry=entry, recording=row.pk, now=clock.read())
    except NotPlayedError as error:
        raise Http404 from error
    if heard_by != actor_of(request) or not may_hear(row, member(request)):
        _denied(request, row)


def _denied(request: HttpRequest, row: Recording) -> None:
    note("access.denied", request=request, obj=f"recording:{row.pk}", outcome="denied")
    raise PermissionDenied


def _row(decision_id: UUID) -> Recording:
    rows = Recording.objects.select_related(
        "attempt__permit__filing", "attempt__permit__person", "attempt__permit__decision"
    )
    return get_object_or_404(rows, attempt__permit__decision_id=decision_id)


def _shown(row: Recording) -> dict[str, object]:
    return {
        "recording": row,
        "decision": row.attempt.permit.decision,
    }
