"""A lead that an agent looks at before asking for its call; rows are closed and never removed."""

from datetime import datetime, timedelta

from django.db import models

from compliance.models import Seat
from dialer.models.lead import Lead


class PreviewQuerySet(models.QuerySet["Preview"]):
    """Filters over previews."""

    def open(self) -> "PreviewQuerySet":
        """Keep the previews that nobody has closed."""
        return self.filter(ended_at=None)


class Preview(models.Model):
    """One card shown to one seat: who, and until when; the gate decides only at the press."""

    class End(models.TextChoices):
        """What became of it."""

        CALLED = "called", "the agent asked for the call"
        PUT_BACK = "put_back", "the agent put the person back, for a reason"
        EXPIRED = "expired", "its time was over"
        LEFT = "left", "the seat went away"

    class Reason(models.TextChoices):
        """Why an agent may put a person back; that somebody looks unpromising is none."""

        KNOWN = "known", "the agent knows the person"
        LANGUAGE = "language", "another language is needed"
        UNPREPARED = "unprepared", "the agent cannot answer what was asked for"

    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="+")
    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="previews")
    question = models.UUIDField()  # the decision that let the card be shown
    shown_at = models.DateTimeField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    end = models.CharField(max_length=8, choices=End.choices, blank=True)
    reason = models.CharField(max_length=16, choices=Reason.choices, blank=True)
    decision = models.UUIDField(null=True)  # what the gate said when the agent pressed

    objects = PreviewQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["seat"],
                name="preview_one_open_per_seat",
                condition=models.Q(ended_at=None),
            ),
            models.UniqueConstraint(
                fields=["lead"],
                name="preview_one_open_per_lead",
                condition=models.Q(ended_at=None),
            ),
            models.CheckConstraint(
                name="preview_ends_somehow",
                condition=models.Q(ended_at=None, end="")
                | (models.Q(ended_at__isnull=False) & ~models.Q(end="")),
            ),
            models.CheckConstraint(
                name="preview_put_back_for_a_reason",
                condition=(models.Q(end="put_back") & ~models.Q(reason=""))
                | (~models.Q(end="put_back") & models.Q(reason="")),
            ),
        ]
        indexes = [models.Index(fields=["seat", "shown_at"], name="previews_of_a_seat")]

    def __str__(self) -> str:
        return f"preview {self.pk}"

    def close(self, *, end: "Preview.End", now: datetime, reason: str = "") -> bool:
        """End it. Return False if it had ended."""
        still = Preview.objects.open().filter(pk=self.pk)
        return still.update(ended_at=now, end=end, reason=reason) == 1


LEAST_LOOK = timedelta(seconds=5)  # RULEBOOK DIA-13: who dials blind, calls blind
LONGEST_LOOK = timedelta(seconds=90)  # then the person waits for somebody else
