"""The hour at which a person asked to be called."""

from django.db import models

from compliance.models.parties import Principal
from compliance.models.person import Person


class ChosenTime(models.Model):
    """One wish towards one principal; the newest one holds, and none is ever changed."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="chosen_times")
    principal = models.ForeignKey(Principal, on_delete=models.PROTECT, related_name="+")
    from_at = models.DateTimeField()
    until_at = models.DateTimeField()
    evidence = models.CharField(max_length=256)  # where the wish was said: permit:…, web form …
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="chosen_time_is_a_span_with_evidence",
                condition=models.Q(from_at__lt=models.F("until_at")) & ~models.Q(evidence=""),
            ),
        ]
        indexes = [
            models.Index(fields=["person", "principal", "-recorded_at"], name="chosen_time_newest")
        ]

    def __str__(self) -> str:
        return f"{self.from_at:%m-%d %H:%M} to {self.until_at:%H:%M}"
