"""How a filed campaign is dialled."""

from django.db import models

from compliance.models import CampaignFiling


class Campaign(models.Model):
    """The dialling side of one filing; whether it may run is the filing's state."""

    filing = models.OneToOneField(
        CampaignFiling, on_delete=models.PROTECT, related_name="campaign"
    )
    ring_seconds = models.PositiveSmallIntegerField(default=30)
    max_talk_seconds = models.PositiveSmallIntegerField(default=900)
    wrap_up_seconds = models.PositiveSmallIntegerField(default=20)
    max_attempts = models.PositiveSmallIntegerField(default=3)
    waits_until = models.DateTimeField(null=True)  # before then no lead of it can be called

    class Meta:
        constraints = [
            models.CheckConstraint(
                # RULEBOOK NUM-13: no hanging up before the phone could be heard.
                name="campaign_rings_long_enough",
                condition=models.Q(ring_seconds__gte=15, ring_seconds__lte=45),
            ),
        ]

    def __str__(self) -> str:
        return self.filing.code
