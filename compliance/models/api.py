"""What the programming interface keeps: tokens' scopes, requests already answered, webhooks."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from knox.models import AuthToken

from compliance.models.user import User

LONGEST_KEY = 128  # signs of an idempotency key
LONGEST_ADDRESS = 500


class TokenScope(models.Model):
    """What a token may do; a token without this row may do nothing."""

    token = models.OneToOneField(
        AuthToken, on_delete=models.CASCADE, primary_key=True, related_name="scope"
    )
    scopes = ArrayField(models.CharField(max_length=32))

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="token_may_do_something", condition=models.Q(scopes__len__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return " ".join(self.scopes)


class ApiRequest(models.Model):
    """A request that carried an idempotency key, and what it was answered."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=LONGEST_KEY)
    request_hmac = models.CharField(max_length=64)  # keyed, over method, address and body
    status = models.PositiveSmallIntegerField(null=True)  # null: begun, its end unknown
    body = models.JSONField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="api_request_once"),
        ]
        indexes = [models.Index(fields=["at"], name="api_request_at")]

    def __str__(self) -> str:
        return f"request {self.pk}"


class Webhook(models.Model):
    """Where somebody's program wants to hear of what happened."""

    id = models.UUIDField(primary_key=True)
    url = models.CharField(max_length=LONGEST_ADDRESS)
    kinds = ArrayField(models.CharField(max_length=32))
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    heard_until = models.BigIntegerField()  # sealed entries before this one are not its business

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="webhook_wants_something", condition=models.Q(kinds__len__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return f"webhook {self.pk}"


class WebhookDelivery(models.Model):
    """One event on its way to one webhook; its id is the message's, the same at every try."""

    class State(models.TextChoices):
        """Where it stands."""

        WAITING = "waiting", "待投递 / waiting"
        DELIVERED = "delivered", "已送达 / delivered"
        GIVEN_UP = "given_up", "已放弃 / given up"

    id = models.UUIDField(primary_key=True)
    webhook = models.ForeignKey(Webhook, on_delete=models.PROTECT, related_name="deliveries")
    leaf_index = models.BigIntegerField()  # of the audit trail's entry that it tells of
    kind = models.CharField(max_length=32)
    body = models.TextField()  # the exact bytes that are signed and sent, as text
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    answered = models.PositiveSmallIntegerField(null=True)  # HTTP status of the last try
    made_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["webhook", "leaf_index"], name="webhook_told_once"),
        ]
        indexes = [
            models.Index(
                fields=["next_at"], name="webhook_due", condition=models.Q(state="waiting")
            ),
        ]

    def __str__(self) -> str:
        return f"delivery {self.pk}"
