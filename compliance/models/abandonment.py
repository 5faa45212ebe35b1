"""How many of a campaign's answered calls found no agent there."""

from django.db import models

from compliance.models.filing import CampaignFiling


class Abandonment(models.Model):
    """The last count of one campaign; there is no row while nothing was ever abandoned."""

    filing = models.OneToOneField(
        CampaignFiling, on_delete=models.PROTECT, primary_key=True, related_name="abandonment"
    )
    measured_at = models.DateTimeField()
    answered_day = models.PositiveIntegerField()  # 24 hours back; abandoned calls among them
    abandoned_day = models.PositiveIntegerField()
    answered_month = models.PositiveIntegerField()  # 30 days back
    abandoned_month = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="abandonment_is_a_part",
                condition=models.Q(abandoned_day__lte=models.F("answered_day"))
                & models.Q(abandoned_month__lte=models.F("answered_month")),
            ),
        ]

    def __str__(self) -> str:
        return f"filing {self.filing_id}: {self.abandoned_day} of {self.answered_day}"
