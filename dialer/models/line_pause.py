"""Why a trunk's line takes no calls although its carrier answers, and until when."""

from django.db import models
from django.db.models import F, Q

from compliance.models import Trunk, User


class LinePause(models.Model):
    """One pause: the carrier turned one call after the other away."""

    trunk = models.ForeignKey(Trunk, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=32)  # of the last of those calls
    in_a_row = models.PositiveIntegerField()
    paused_at = models.DateTimeField()
    until = models.DateTimeField()  # it takes calls again by itself
    resumed_at = models.DateTimeField(null=True)  # … or when an administrator says so
    resumed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)

    class Meta:
        indexes = [models.Index(fields=["trunk", "until"], name="line_pauses_of_a_trunk")]
        constraints = [
            models.CheckConstraint(
                name="line_pause_ends_after_it_began", condition=Q(until__gt=F("paused_at"))
            ),
            models.CheckConstraint(
                name="line_pause_is_ended_by_somebody",
                condition=Q(resumed_at=None, resumed_by=None)
                | Q(resumed_at__isnull=False, resumed_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"pause {self.pk} of trunk {self.trunk_id}"
