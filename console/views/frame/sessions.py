"""The reader's own log-ins, and ending one."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from console.access import member
from console.browser_mark import browser_of
from console.log_ins import MOST, end, standing
from console.models import LogInSession


@require_GET
def sessions(request: HttpRequest) -> HttpResponse:
    """Show where the reader is logged in."""
    own = standing(member(request))
    here = request.session.session_key
    rows = [(one, one.session_key == here, one.browser == browser_of(request)) for one in own]
    return render(request, "console/frame/sessions.html", {"rows": rows, "most": MOST})


@require_POST
def session_end(request: HttpRequest, log_in_id: int) -> HttpResponse:
    """End one of them."""
    end(request, log_in=get_object_or_404(LogInSession, pk=log_in_id, user=member(request)))
    return redirect("console:sessions")
