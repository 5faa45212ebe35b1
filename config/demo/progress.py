"""How far the sample is, read from the database."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from django.db import Error as DatabaseError
from django.db import close_old_connections
from django.db.models import Q

from compliance import clock
from compliance.models import Permit
from config.sentences import both
from dialer.models import Lead, SeatSession

Read = TypeVar("Read")


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """One look at the floor."""

    idle: bool
    sentence: str


def unless_away(read: Callable[[], Read]) -> Read | None:
    """Return what is read from the database, or None while it is away."""
    try:
        return read()
    except DatabaseError:
        close_old_connections()
        return None


def look() -> Progress:
    """Return how far the sample is."""
    now = clock.read()
    due = Lead.objects.due(now=now).exclude(campaign__waits_until__gt=now).count()
    up = Permit.objects.open().filter(Q(expires_at__gt=now) | Q(state="redeemed")).count()
    claimed = Lead.objects.filter(state=Lead.State.CLAIMED).count()
    uncapped = SeatSession.objects.exclude(capped_until__gt=now).exists()
    done = Lead.objects.filter(state=Lead.State.DONE).count()
    blocked = Lead.objects.filter(state=Lead.State.BLOCKED).count()
    later = Lead.objects.filter(state=Lead.State.WAITING, due_at__gt=now).count()
    return Progress(
        idle=not up and not claimed and (not due or not uncapped),
        sentence=both(
            zh=f"待拨 {due}，通话中 {up}，已完成 {done}，拦截 {blocked}，稍后 {later}",
            en=f"due {due}, calls up {up}, done {done}, refused {blocked}, later {later}",
        ),
    )
