"""What the checks of trunks found, step by step, in both languages."""

from django.db import models


class TrunkCheck(models.Model):
    """One check of a trunk; added, never changed."""

    trunk = models.ForeignKey("compliance.Trunk", on_delete=models.PROTECT, related_name="checks")
    report = models.JSONField()  # dialer.trunk_check.finding.data
    checked_by = models.ForeignKey("compliance.User", on_delete=models.PROTECT, related_name="+")
    checked_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["trunk", "-checked_at"], name="check_of_trunk")]

    def __str__(self) -> str:
        return f"trunk check {self.pk}"
