"""Turn sealed entries into messages: each webhook hears each of its events exactly once.

Only sealed entries are events. They have an order and no gaps, so nothing is missed; and each
message says which leaf of the log it tells of, so that its receiver can prove it later.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from audit.models import AuditEntry, AuditLeaf
from compliance.models import Webhook, WebhookDelivery
from compliance.rulebook.codec import instant_text
from compliance.webhooks.kinds import KIND_OF_ACTION

MOST_LEAVES = 20_000  # a turn


def collect(*, now: datetime) -> int:
    """Make the messages of what was sealed since the last turn. Return how many."""
    return sum(
        _for_one(pk, now)
        for pk in Webhook.objects.filter(ended_at=None).values_list("pk", flat=True)
    )


@transaction.atomic
def _for_one(pk: UUID, now: datetime) -> int:
    rows = Webhook.objects.select_for_update(skip_locked=True)
    webhook = rows.filter(pk=pk, ended_at=None).first()
    if webhook is None:  # another process is at it
        return 0
    first = webhook.heard_until
    leaves = dict(
        AuditLeaf.objects.filter(
            leaf_index__gte=first, leaf_index__lt=first + MOST_LEAVES
        ).values_list("entry_id", "leaf_index")
    )
    if not leaves:
        return 0
    made = [_message(webhook, entry, leaves[entry.pk], now) for entry in _events(webhook, leaves)]
    WebhookDelivery.objects.bulk_create(made, ignore_conflicts=True)
    Webhook.objects.filter(pk=webhook.pk).update(heard_until=max(leaves.values()) + 1)
    return len(made)


def _events(webhook: Webhook, leaves: Iterable[int]) -> Iterable[AuditEntry]:
    actions = [name for name, kind in KIND_OF_ACTION.items() if kind in webhook.kinds]
    ids = list(leaves)
    rows = AuditEntry.objects.filter(pk__gte=min(ids), pk__lte=max(ids), action__in=actions)
    known = set(ids)
    return [
        one
        for one in rows.only("pk", "eid", "ts", "action", "object", "outcome")
        if one.pk in known
    ]


def _message(webhook: Webhook, entry: AuditEntry, leaf: int, now: datetime) -> WebhookDelivery:
    kind = KIND_OF_ACTION[entry.action]
    body = {
        "type": entry.action,
        "timestamp": instant_text(entry.ts),
        "data": {
            "kind": kind,
            "object": entry.object,
            "outcome": entry.outcome,
            "entry": entry.pk,
            "eid": str(entry.eid),
            "leaf": leaf,
        },
    }
    return WebhookDelivery(
        id=uuid4(),
        webhook=webhook,
        leaf_index=leaf,
        kind=kind,
        body=json.dumps(body, separators=(",", ":"), sort_keys=True),
        next_at=now,
        made_at=now,
    )
