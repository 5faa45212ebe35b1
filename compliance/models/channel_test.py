"""Tests of the channels by which a person can say no or withdraw 撤回渠道测试."""

from django.db import models


class ChannelTest(models.Model):
    """One try of one channel; the newest one counts, and not for long."""

    class Channel(models.TextChoices):
        """How a person can say no."""

        IN_CALL = "in_call", "said during the call"
        KEY_9 = "key_9", "key 9 during the call"
        SMS = "sms", "text message"
        CALL_BACK = "call_back", "calling back the number shown"
        WEB = "web", "public page"
        LETTER = "letter", "letter"

    channel = models.CharField(max_length=16, choices=Channel.choices)
    alive = models.BooleanField()
    evidence = models.CharField(max_length=128)  # what shows it: a permit, a file's hash, a note
    tested_by = models.CharField(max_length=64)  # actor
    tested_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["channel", "tested_at"])]
        constraints = [
            models.CheckConstraint(
                name="channel_test_has_evidence", condition=~models.Q(evidence="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.tested_at:%Y-%m-%d}"
