"""Make a webhook, end one, send a message again; each is on the record."""

from collections.abc import Collection
from datetime import datetime
from uuid import uuid4

from django.db import transaction

from audit import record as audit
from audit.models import AuditState
from compliance.models import User, Webhook, WebhookDelivery
from compliance.webhooks.address import address


@transaction.atomic
def webhook_make(*, url: str, kinds: Collection[str], by: User, now: datetime) -> Webhook:
    """Tell an address of what happens from now on.

    :raises ProblemError: if messages may not go there
    """
    address(url)
    size = AuditState.objects.values_list("size", flat=True).first() or 0
    webhook = Webhook.objects.create(
        id=uuid4(), url=url, kinds=sorted(set(kinds)), made_by=by, made_at=now, heard_until=size
    )
    audit.record(
        "webhook.made",
        obj=f"webhook:{webhook.pk}",
        actor=f"u:{by.pk}",
        now=now,
        data={"host": address(url).hostname or "", "kinds": webhook.kinds},
    )
    return webhook


@transaction.atomic
def webhook_end(*, webhook: Webhook, by: User, now: datetime) -> bool:
    """Tell it no more. Return False if it had ended before."""
    if Webhook.objects.filter(pk=webhook.pk, ended_at=None).update(ended_at=now) != 1:
        return False
    audit.record(
        "webhook.ended", obj=f"webhook:{webhook.pk}", actor=f"u:{by.pk}", now=now, data={}
    )
    return True


@transaction.atomic
def deliver_again(*, delivery: WebhookDelivery, by: User, now: datetime) -> None:
    """Send a message once more, under the same id, whatever came of it before."""
    WebhookDelivery.objects.filter(pk=delivery.pk).update(
        state=WebhookDelivery.State.WAITING, tries=0, next_at=now, delivered_at=None
    )
    audit.record(
        "webhook.sent_again",
        obj=f"webhook:{delivery.webhook_id}",
        actor=f"u:{by.pk}",
        now=now,
        data={"message": str(delivery.pk)},
    )
