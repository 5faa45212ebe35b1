"""Send what waits; what is not taken is tried again, later each time, for about a day.

Instants are the host's: other people's machines know nothing of a demo's clock.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from uuid import UUID

from django.db import transaction

from compliance.api.problems import ProblemError
from compliance.models import WebhookDelivery
from compliance.webhooks.address import address
from compliance.webhooks.signature import headers

log = logging.getLogger(__name__)

State = WebhookDelivery.State
SECONDS = 5.0  # for one try
AT_ONCE = 20  # messages a turn
# After the first try: 5 s, 30 s, 2 min, 10 min, 1 h, 3 h, 8 h, 12 h.
WAITS = (5, 30, 120, 600, 3600, 10_800, 28_800, 43_200)
MOST_TRIES = len(WAITS) + 1
TAKEN = range(200, 300)


@dataclass(frozen=True, slots=True)
class Message:
    """One message as it leaves."""

    id: UUID
    webhook: UUID
    url: str
    body: bytes


Send = Callable[[Message, datetime], int | None]


def deliver(*, now: datetime, send: Send | None = None) -> int:
    """Try every message that is due, at most `AT_ONCE`. Return how many were taken."""
    taken = 0
    for _ in range(AT_ONCE):
        claimed = _claim(now)
        if claimed is None:
            break
        status = (send or post)(claimed, now)
        taken += _settle(claimed, status, now)
    return taken


def _claim(now: datetime) -> Message | None:
    """Take one message; whoever dies over it has only put it off."""
    with transaction.atomic():
        due = WebhookDelivery.objects.select_for_update(skip_locked=True, of=("self",))
        row = (
            due.filter(state=State.WAITING, next_at__lte=now, webhook__ended_at=None)
            .select_related("webhook")
            .order_by("next_at", "leaf_index")
            .first()
        )
        if row is None:
            return None
        wait = WAITS[min(row.tries, len(WAITS) - 1)]
        row.tries += 1
        row.next_at = now + timedelta(seconds=wait)
        row.save(update_fields=["tries", "next_at"])
    return Message(id=row.pk, webhook=row.webhook_id, url=row.webhook.url, body=row.body.encode())


def _settle(message: Message, status: int | None, now: datetime) -> bool:
    rows = WebhookDelivery.objects.filter(pk=message.id, state=State.WAITING)
    if status in TAKEN:
        return rows.update(state=State.DELIVERED, answered=status, delivered_at=now) == 1
    rows.update(answered=status)
    if rows.filter(tries__gte=MOST_TRIES).update(state=State.GIVEN_UP):
        log.warning("webhook %s: message %s was given up", message.webhook, message.id)
    return False


def post(message: Message, now: datetime) -> int | None:
    """Send one message; return the status, None if there was no answer. Follows no redirect."""
    try:
        parts = address(message.url)
    except ProblemError:  # whoever changed it in the database
        return None
    make = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = make(parts.hostname or "", parts.port, timeout=SECONDS)
    said = headers(
        webhook=message.webhook, message=message.id, at=int(now.timestamp()), body=message.body
    )
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request(
            "POST", path, body=message.body, headers={"content-type": "application/json", **said}
        )
        return connection.getresponse().status
    except (OSError, HTTPException):
        return None
    finally:
        connection.close()
