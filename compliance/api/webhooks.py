"""Keeping webhooks: an administrator says where; the secret is shown once."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from compliance import clock
from compliance.api.listing import Listing
from compliance.api.lookups import found_or_404
from compliance.api.operation import Operation, StrictSerializer
from compliance.api.roles import Role
from compliance.api.throttles import WriteThrottle
from compliance.models import User, Webhook, WebhookDelivery
from compliance.models.api import LONGEST_ADDRESS
from compliance.webhooks.kinds import KINDS
from compliance.webhooks.services import deliver_again, webhook_end, webhook_make
from compliance.webhooks.signature import secret_shown

KEEPERS = frozenset({Role.ADMINISTRATOR})


class WebhookRow(serializers.Serializer[Any]):
    """One webhook."""

    id = serializers.UUIDField(source="pk")
    url = serializers.CharField()
    kinds = serializers.ListField(child=serializers.CharField())
    made_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)


class Webhooks(Listing):
    """List webhooks."""

    zh = "列出事件通知"
    name = "webhooks"
    scope = "webhooks"
    roles = KEEPERS
    Output = WebhookRow

    def rows(self, request: Request, asked: Mapping[str, Any]) -> QuerySet[Webhook]:
        """Return all of them."""
        del request, asked
        return Webhook.objects.all()


class WebhookMake(Operation):
    """Make a webhook. Its secret is in this answer and in no other."""

    zh = "新建事件通知；密钥只在这一次的答复中"
    name = "webhook-make"
    scope = "webhooks"
    roles = KEEPERS
    throttle_classes = [WriteThrottle]

    class Input(StrictSerializer):
        """Where, and of what."""

        url = serializers.CharField(max_length=LONGEST_ADDRESS)
        kinds = serializers.ListField(
            child=serializers.ChoiceField(choices=sorted(KINDS)),
            min_length=1,
            max_length=len(KINDS),
        )

    class Output(WebhookRow):
        """The webhook with its secret."""

        secret = serializers.SerializerMethodField()

        def get_secret(self, row: Webhook) -> str:
            """Return it."""
            return secret_shown(row.pk)

    def post(self, request: Request) -> Response:
        """Make it. No idempotency key: an answer that is kept would keep the secret."""
        given = self.Input(data=request.data)
        given.is_valid(raise_exception=True)
        made = webhook_make(**given.validated_data, by=_user(request), now=clock.read())
        return Response(self.Output(made).data, status=HTTPStatus.CREATED)


class WebhookEnd(Operation):
    """End a webhook."""

    zh = "停用事件通知"
    name = "webhook-end"
    scope = "webhooks"
    roles = KEEPERS
    throttle_classes = [WriteThrottle]
    Output = WebhookRow

    def post(self, request: Request, webhook: UUID) -> Response:
        """End it; a second time changes nothing."""
        row = found_or_404(Webhook.objects.all(), pk=webhook)
        webhook_end(webhook=row, by=_user(request), now=clock.read())
        row.refresh_from_db()
        return Response(self.Output(row).data)


class DeliveryRow(serializers.Serializer[Any]):
    """One message."""

    id = serializers.UUIDField(source="pk")
    kind = serializers.CharField()
    leaf = serializers.IntegerField(source="leaf_index")
    state = serializers.ChoiceField(choices=WebhookDelivery.State.choices)
    tries = serializers.IntegerField()
    answered = serializers.IntegerField(allow_null=True)
    next_at = serializers.DateTimeField()
    made_at = serializers.DateTimeField()
    delivered_at = serializers.DateTimeField(allow_null=True)


class Deliveries(Listing):
    """List the messages of a webhook."""

    zh = "列出一个事件通知的消息"
    name = "webhook-deliveries"
    scope = "webhooks"
    roles = KEEPERS
    Output = DeliveryRow

    def rows(self, request: Request, asked: Mapping[str, Any]) -> QuerySet[WebhookDelivery]:
        """Return its messages."""
        del request, asked
        return WebhookDelivery.objects.filter(webhook_id=self.kwargs["webhook"])

    def get(self, request: Request, webhook: UUID) -> Response:  # type: ignore[override]
        """Read one page."""
        found_or_404(Webhook.objects.all(), pk=webhook)
        return super().get(request)


class DeliverAgain(Operation):
    """Send a message once more, under the same id."""

    zh = "以同一编号重发一条消息"
    name = "webhook-again"
    scope = "webhooks"
    roles = KEEPERS
    throttle_classes = [WriteThrottle]
    Output = DeliveryRow

    def post(self, request: Request, delivery: UUID) -> Response:
        """Let it wait to be sent."""
        row = found_or_404(WebhookDelivery.objects.all(), pk=delivery)
        deliver_again(delivery=row, by=_user(request), now=clock.host_now())
        row.refresh_from_db()
        return Response(self.Output(row).data)


def _user(request: Request) -> User:
    assert isinstance(request.user, User)  # noqa: S101 - narrows the type only
    return request.user
