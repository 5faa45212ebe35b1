"""Yearly audits of how personal information is handled 个人信息保护合规审计."""

from django.db import models


class ComplianceAudit(models.Model):
    """One audit that was finished, with its report; append-only."""

    class Kind(models.TextChoices):
        """Who did it."""

        OWN = "own", "by the house itself"
        OUTSIDE = "outside", "by somebody from outside"
        ORDERED = "ordered", "ordered by an authority"

    kind = models.CharField(max_length=8, choices=Kind.choices)
    auditor = models.CharField(max_length=128)
    covers_from = models.DateField()
    covers_until = models.DateField()  # the last day
    finished_on = models.DateField()
    report_sha256 = models.CharField(max_length=64)
    findings = models.PositiveIntegerField()  # that have to be put right
    author = models.ForeignKey("User", on_delete=models.PROTECT, related_name="+")
    approver = models.ForeignKey("User", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="audit_needs_two_people",
                condition=~models.Q(author=models.F("approver")),
            ),
            models.CheckConstraint(
                name="audit_covers_a_time_and_has_a_report",
                condition=models.Q(
                    covers_until__gte=models.F("covers_from"),
                    finished_on__gte=models.F("covers_until"),
                    report_sha256__regex=r"^[0-9a-f]{64}$",
                )
                & ~models.Q(auditor=""),
            ),
        ]

    def __str__(self) -> str:
        return f"audit {self.finished_on}"
