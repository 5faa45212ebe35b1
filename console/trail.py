"""Put what people do in the console on the audit trail."""

from collections.abc import Mapping

from django.db import transaction
from django.http import HttpRequest

from audit import record as audit
from compliance import clock
from compliance.models import User

NOBODY = "anonymous:web"


def actor_of(request: HttpRequest) -> str:
    """Return who is at the browser, as the trail names actors."""
    user = getattr(request, "user", None)
    return f"u:{user.pk}" if isinstance(user, User) else NOBODY


def note(
    action: str,
    *,
    request: HttpRequest,
    obj: str,
    outcome: str = "ok",
    data: Mapping[str, object] | None = None,
) -> None:
    """Record one thing that somebody did at a browser, with the erasable network address."""
    actor = actor_of(request)
    with transaction.atomic():
        audit.record(
            action,
            obj=obj,
            actor=actor,
            now=clock.read(),
            outcome=outcome,
            data=data,
            pii={"address": address_of(request)},
            subject=actor,
        )


def address_of(request: HttpRequest) -> str:
    """Return the network address of the browser, as the server saw it."""
    return str(request.META.get("REMOTE_ADDR") or "unknown")
