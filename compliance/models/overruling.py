"""A disposition that a refusal overruled 改判: the agent said one thing, the person another."""

from django.db import models

from compliance.models.permit import Permit
from compliance.models.seat import Seat


class Overruling(models.Model):
    """One call whose refusal stands against what its agent wrote; quality assurance looks."""

    permit = models.ForeignKey(Permit, on_delete=models.PROTECT, related_name="overrulings")
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="overrulings")
    said = models.CharField(max_length=16)  # the disposition that did not become the call's
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["permit"], name="overruled_once_per_call"),
        ]

    def __str__(self) -> str:
        return f"overruling {self.pk}"
