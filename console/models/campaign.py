"""A campaign before it is registered, and what its pre-flight checks found."""

from django.db import models


class CampaignDraft(models.Model):
    """What somebody has chosen so far; it says nothing to the gate, and survives leaving."""

    author = models.ForeignKey("compliance.User", on_delete=models.PROTECT, related_name="+")
    answers = models.JSONField(default=dict)  # by field, as the forms take them
    filing = models.OneToOneField(
        "compliance.CampaignFiling", on_delete=models.PROTECT, null=True, related_name="draft"
    )  # what came of it
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    discarded_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["author", "-changed_at"], name="draft_of_author")]

    def __str__(self) -> str:
        return f"draft {self.pk}"


class CampaignCheck(models.Model):
    """One pre-flight check of a campaign's leads; added, never changed."""

    filing = models.ForeignKey(
        "compliance.CampaignFiling", on_delete=models.PROTECT, related_name="checks"
    )
    report = models.JSONField()  # dialer.services.campaign_check.Checked.data
    checked_by = models.ForeignKey("compliance.User", on_delete=models.PROTECT, related_name="+")
    checked_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["filing", "-checked_at"], name="check_of_filing")]

    def __str__(self) -> str:
        return f"check {self.pk}"
