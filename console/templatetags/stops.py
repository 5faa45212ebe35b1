"""What every page says of the kill switch: the stops in force, and the way to it."""

from django import template
from django.db import DatabaseError
from django.http import HttpRequest

from compliance import clock
from compliance.models import User
from console.access import may
from console.second_factor import is_verified
from console.selectors.administration.stops import stops_in_force, whom_of
from console.selectors.explained import reader_language

register = template.Library()


@register.inclusion_tag("console/administration/stop_banner.html", takes_context=True)
def stop_banner(context: template.Context) -> dict[str, object]:
    """Say which stops are in force, to whoever is logged in."""
    user = _reader(context)
    if user is None:
        return {}
    try:
        thrown = stops_in_force()
        whom = whom_of(thrown, now=clock.read()) if thrown else []
    except DatabaseError:
        return {"unknown": True}
    zh = reader_language() == "zh"
    return {
        "stops": [
            {"whom": words.zh if zh else words.en, "since": one.engaged_at, "reason": one.reason}
            for one, words in zip(thrown, whom, strict=True)
        ],
        "may_stop": may(user, "stop"),
    }


@register.simple_tag(takes_context=True)
def may_stop(context: template.Context) -> bool:
    """Return whether the reader may stop calls."""
    user = _reader(context)
    return user is not None and may(user, "stop")


def _reader(context: template.Context) -> User | None:
    request: HttpRequest | None = context.get("request")
    user = getattr(request, "user", None)
    if request is None or not isinstance(user, User) or not is_verified(request):
        return None
    return user
