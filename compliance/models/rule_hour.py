"""What each rule answered in one hour: counted, so that a month adds up fast."""

from django.db import models


class RuleHour(models.Model):
    """One rule in one hour; counted anew while the hour may still grow."""

    hour = models.DateTimeField()  # UTC instant at which it begins
    rule = models.CharField(max_length=64)
    allowed = models.IntegerField()
    deferred = models.IntegerField()
    refused = models.IntegerField()
    counted_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["hour", "rule"], name="rule_hour_once")]

    def __str__(self) -> str:
        return f"{self.rule} {self.hour}"
