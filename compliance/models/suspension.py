"""A suspension 暂停外呼 by complaints or by what calls looked like, and the only way out."""

from django.db import models

from compliance.models.complaint import Complaint
from compliance.models.filing import CampaignFiling
from compliance.models.lines import Trunk
from compliance.models.parties import Principal
from compliance.models.seat import Seat


class Suspension(models.Model):
    """No call by a seat, for a campaign, over a line or for a principal; added, never changed."""

    class Cause(models.TextChoices):
        """What brought it about."""

        RATE = "rate", "too many upheld complaints for its connected calls"
        DAY = "day", "several upheld complaints of one day"
        YEAR = "year", "several upheld complaints in a year"
        OVERDUE = "overdue", "a complaint was not closed in time"
        CHAIN = "chain", "the sanctions chain"
        PATTERN = "pattern", "calls that ring short or follow one another too soon"
        PLACES = "places", "caller numbers that follow the places called"

    filing = models.ForeignKey(
        CampaignFiling, on_delete=models.PROTECT, null=True, related_name="suspensions"
    )
    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, null=True, related_name="suspensions")
    trunk = models.ForeignKey(
        Trunk, on_delete=models.PROTECT, null=True, related_name="suspensions"
    )
    principal = models.ForeignKey(
        Principal, on_delete=models.PROTECT, null=True, related_name="suspensions"
    )
    cause = models.CharField(max_length=8, choices=Cause.choices)
    complaint = models.ForeignKey(
        Complaint, on_delete=models.PROTECT, null=True, related_name="suspensions"
    )
    counts = models.JSONField()  # the figures that brought it about
    begun_at = models.DateTimeField()
    begun_by = models.CharField(max_length=64)
    until = models.DateTimeField(null=True)  # nobody may end it before then

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="suspension_of_one_thing",
                condition=models.Q(
                    models.Q(
                        filing__isnull=False,
                        seat__isnull=True,
                        trunk__isnull=True,
                        principal__isnull=True,
                    )
                    | models.Q(
                        filing__isnull=True,
                        seat__isnull=False,
                        trunk__isnull=True,
                        principal__isnull=True,
                    )
                    | models.Q(
                        filing__isnull=True,
                        seat__isnull=True,
                        trunk__isnull=False,
                        principal__isnull=True,
                    )
                    | models.Q(
                        filing__isnull=True,
                        seat__isnull=True,
                        trunk__isnull=True,
                        principal__isnull=False,
                    )
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"suspension {self.pk}"


class CorrectiveReport(models.Model):
    """What went wrong and what was changed 整改报告; two others approve it before any call."""

    suspension = models.ForeignKey(Suspension, on_delete=models.PROTECT, related_name="reports")
    author = models.ForeignKey("User", on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    text_sha256 = models.CharField(max_length=64)
    written_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="corrective_report_says_something", condition=~models.Q(text="")
            ),
        ]

    def __str__(self) -> str:
        return f"corrective report {self.pk}"


class CorrectiveApproval(models.Model):
    """One person's approval of a corrective report."""

    report = models.ForeignKey(
        CorrectiveReport, on_delete=models.PROTECT, related_name="approvals"
    )
    approver = models.ForeignKey("User", on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["report", "approver"], name="corrective_approval_once_a_person"
            ),
        ]

    def __str__(self) -> str:
        return f"approval {self.pk}"


class Resumption(models.Model):
    """The end of a suspension, on an approved report."""

    suspension = models.OneToOneField(
        Suspension, on_delete=models.PROTECT, related_name="resumption"
    )
    report = models.OneToOneField(
        CorrectiveReport, on_delete=models.PROTECT, related_name="resumption"
    )
    resumed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"resumption {self.pk}"
