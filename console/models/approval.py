"""What one person asks for and another decides 复核; the database holds them to being two."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Approval(models.Model):
    """One thing that waits for others: what is asked stays as it was asked."""

    class State(models.TextChoices):
        """Where it stands; the votes alone move it."""

        OPEN = "open"
        APPROVED = "approved"
        REJECTED = "rejected"
        WITHDRAWN = "withdrawn"

    kind = models.CharField(max_length=32)  # console.approvals.kinds
    subject = models.CharField(max_length=64)  # an opaque id, as the kind reads it
    summary_zh = models.CharField(max_length=200)
    summary_en = models.CharField(max_length=200)
    asked = models.JSONField(default=dict)  # what the kind needs beside the subject
    roles = ArrayField(models.CharField(max_length=16))  # whose votes count
    people = models.PositiveSmallIntegerField()  # how many have to approve, beside the proposer
    proposer = models.ForeignKey("compliance.User", on_delete=models.PROTECT, related_name="+")
    browser = models.CharField(max_length=64)  # sha256 of the proposer's browser mark, hex
    proposed_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.OPEN)
    carried_out_at = models.DateTimeField(null=True)
    failure_zh = models.CharField(max_length=500, blank=True)  # why it could not be carried out
    failure_en = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="approval_open_once",
                fields=["kind", "subject"],
                condition=models.Q(state="open"),
            ),
            models.CheckConstraint(
                name="approval_needs_somebody", condition=models.Q(people__gte=1)
            ),
            models.CheckConstraint(
                name="approval_summed_up_in_both_languages",
                condition=~models.Q(summary_zh="") & ~models.Q(summary_en=""),
            ),
            models.CheckConstraint(
                name="approval_carried_out_once_approved",
                condition=models.Q(carried_out_at__isnull=True) | models.Q(state="approved"),
            ),
        ]

    def __str__(self) -> str:
        return f"approval {self.pk}"


class Vote(models.Model):
    """What one person decided about it; added, never changed."""

    class Verdict(models.TextChoices):
        """What they said; only the proposer withdraws, only others decide."""

        APPROVED = "approved"
        REJECTED = "rejected"
        WITHDRAWN = "withdrawn"

    approval = models.ForeignKey(Approval, on_delete=models.PROTECT, related_name="votes")
    by = models.ForeignKey("compliance.User", on_delete=models.PROTECT, related_name="+")
    browser = models.CharField(max_length=64)
    verdict = models.CharField(max_length=9, choices=Verdict.choices)
    reason = models.CharField(max_length=500, blank=True)
    voted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["approval", "by"], name="vote_once_a_person"),
            models.UniqueConstraint(fields=["approval", "browser"], name="vote_once_a_browser"),
            models.CheckConstraint(
                name="vote_says_why_not",
                condition=~models.Q(verdict="rejected") | ~models.Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"vote {self.pk}"
