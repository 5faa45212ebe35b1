"""The worker's pulse: the schedule's tick, kept in the message store once a worker has run it."""

import json
from contextlib import suppress
from datetime import datetime, timedelta

from django.conf import settings
from django.core.cache import cache

from compliance import clock
from dialer import streams

KEY = "health:pulse"
KEPT_SECONDS = 7 * 24 * 3600
FRESH = timedelta(seconds=15)  # five ticks


def beat() -> None:
    """Say that the schedule has sent, the store has kept and a worker has run a tick."""
    cache.set(KEY, clock.host_now().isoformat(), KEPT_SECONDS)


def last_beat() -> datetime | None:
    """Return when that was, by the worker's clock."""
    kept = cache.get(KEY)
    return datetime.fromisoformat(kept) if kept else None


def last_sent() -> datetime | None:
    """Return until when the newest message that no worker has taken was good, if one waits.

    The schedule's messages are good for seconds: so this is about when it sent last.
    """
    prefix = str(settings.CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"])
    waiting = streams.client().lindex(f"{prefix}{settings.CELERY_TASK_DEFAULT_QUEUE}", 0)
    with suppress(TypeError, ValueError, KeyError):
        return datetime.fromisoformat(json.loads(str(waiting))["headers"]["expires"])
    return None
