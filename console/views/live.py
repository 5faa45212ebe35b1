"""The live page: who can be called, who is being called, and whether wire and permits agree."""

from collections.abc import AsyncIterator

from asgiref.sync import sync_to_async
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from compliance import clock
from console.access import may
from console.live_stream import Watched, events
from console.selectors.explained import reader_language
from console.selectors.live import campaigns, picture
from console.selectors.refused_campaigns import refused_campaigns


@require_GET
def live(request: HttpRequest) -> HttpResponse:
    """Show the floor, of one campaign or of all."""
    known = campaigns()
    code = request.GET.get("campaign", "")
    shown = next((one for one in known if one.filing.code == code), None)
    if code and shown is None:
        raise Http404
    language = reader_language()
    return render(
        request,
        "console/live.html",
        {
            "live": picture(campaign=shown, language=language, now=clock.read()),
            "campaigns": known,
            "may_wire": may(request.user, "wire"),
            "refused_campaigns": refused_campaigns(language=language),
        },
    )


@require_GET
def live_events(request: HttpRequest) -> StreamingHttpResponse:
    """Stream the same page's blocks as they change."""
    code = request.GET.get("campaign", "")
    if code and code not in {one.filing.code for one in campaigns()}:
        raise Http404
    stream = events(
        Watched(campaign=code, language=get_language() or "zh-hans"),
        after=request.headers.get("Last-Event-ID", ""),
    )
    response = StreamingHttpResponse(_asks_no_more(stream), content_type="text/event-stream")
    response["X-Accel-Buffering"] = "no"
    return response


async def _asks_no_more(stream: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Give the request's database connection back before the stream, not a minute later.

    Django keeps it until a response has been sent whole: a few who watch would have all of them,
    and nobody else could open a page.
    """
    await sync_to_async(_release)()
    async for chunk in stream:
        yield chunk


def _release() -> None:
    connection.close()  # of the thread that has served the request
