"""Sampling 抽样核验: some consents of every list are checked against their proofs."""

from django.db import models

from compliance.models.consent import Consent
from compliance.models.filing import Whitelist


class ConsentSample(models.Model):
    """A sample of the consents that came onto a whitelist since the last sample that passed."""

    whitelist = models.ForeignKey(Whitelist, on_delete=models.PROTECT, related_name="samples")
    population = models.PositiveIntegerField()
    size = models.PositiveIntegerField()
    # The newest consent that it speaks for. Not an instant: whoever records consents holds the
    # whitelist, so ids come in the order of commits, and what a clock showed does not.
    last_consent = models.ForeignKey(Consent, on_delete=models.PROTECT, related_name="+")
    drawn_by = models.ForeignKey("User", on_delete=models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="consent_sample_has_consents",
                condition=models.Q(size__gte=1, size__lte=models.F("population")),
            ),
        ]

    def __str__(self) -> str:
        return f"sample {self.pk}"


class ConsentSampleItem(models.Model):
    """One consent that chance picked."""

    sample = models.ForeignKey(ConsentSample, on_delete=models.PROTECT, related_name="items")
    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sample", "consent"], name="consent_sampled_once"),
        ]

    def __str__(self) -> str:
        return f"item {self.pk}"


class ConsentCheck(models.Model):
    """What somebody found who held the consent against its proof."""

    item = models.OneToOneField(
        ConsentSampleItem, on_delete=models.PROTECT, related_name="finding"
    )
    proved = models.BooleanField()
    note = models.CharField(max_length=256, blank=True)
    checked_by = models.ForeignKey("User", on_delete=models.PROTECT, related_name="+")
    checked_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"check {self.pk}"
