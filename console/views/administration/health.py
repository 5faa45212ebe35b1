"""How every part is, what that means for calls and what to do; and the self-check."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from compliance import clock
from console.access import may
from console.health.board import Group, board, papers, parts_of
from console.health.marks import remember
from console.health.part import Part, State
from console.jobs import start
from console.models import SelfCheck

LAST_CHECKS = 5
ORDER = (State.BROKEN, State.UNKNOWN, State.LATE)


@require_GET
def health(request: HttpRequest) -> HttpResponse:
    """Show every part, what is wrong first, and the last self-checks."""
    checks = SelfCheck.objects.select_related("job__owner").order_by("-made_at")
    return render(
        request,
        "console/administration/health.html",
        _seen(request, board(now=clock.read()))
        | {"checks": list(checks[:LAST_CHECKS]), "may_check": may(request.user, "self_check")},
    )


@require_GET
def health_parts(request: HttpRequest) -> HttpResponse:
    """Show the parts alone, for the page that is open."""
    seen = _seen(request, board(now=clock.read()))
    return render(request, "console/administration/health_parts.html", seen)


@require_GET
def health_papers(request: HttpRequest) -> HttpResponse:
    """Show how the papers stand, for the page that is open: they are read one by one."""
    seen = _seen(request, papers(now=clock.read()))
    return render(request, "console/administration/health_groups.html", seen | {"prefix": "p"})


@require_POST
def self_check(request: HttpRequest) -> HttpResponse:
    """Check by hand what takes long, in the background."""
    return redirect("console:job", job_id=start(request, kind="self_check").pk)


def _seen(request: HttpRequest, groups: Sequence[Group]) -> dict[str, object]:
    at, parts = clock.host_now(), parts_of(groups)
    since = remember(parts, at=at)
    told = [(group, [_row(request, part, since) for part in group.parts]) for group in groups]
    wrong = sorted((one for one in parts if one.state in ORDER), key=_rank)
    return {
        "at": at,
        "told": told,
        "wrong": [_row(request, part, since) for part in wrong],
        "stopping": [part for part in parts if part.stops_now],
        "fine": sum(part.state == State.FINE for part in parts),
        "total": len(parts),
    }


def _rank(part: Part) -> tuple[bool, int]:
    return not part.stops_now, ORDER.index(part.state)


def _row(request: HttpRequest, part: Part, since: Mapping[str, datetime]) -> dict[str, object]:
    url = part.face.url
    return {
        "part": part,
        "since": since[part.code],
        "url": f"console:{url}" if url and may(request.user, url) else "",
    }
