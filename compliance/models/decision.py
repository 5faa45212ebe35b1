"""What the book decided, with the facts it decided on; written once, never changed."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from compliance.models.filing import CampaignFiling
from compliance.models.person import Person
from compliance.models.seat import Seat


class Decision(models.Model):
    """One answer of the book: allowed, deferred or refused, and every finding."""

    class Kind(models.TextChoices):
        """Whether a permit was at stake."""

        PERMIT = "permit", _("permit asked for")
        QUESTION = "question", _("question only")

    class Verdict(models.TextChoices):
        """The book's answer."""

        ALLOW = "allow", _("allowed")
        DEFER = "defer", _("deferred")
        REFUSE = "refuse", _("refused")

    id = models.UUIDField(primary_key=True)  # UUIDv7
    kind = models.CharField(max_length=8, choices=Kind.choices)
    origin = models.CharField(max_length=16)  # which path asked: progressive, retry, manual, api …
    at = models.DateTimeField()
    # No foreign-key constraints: the trigger `decision_birth` looks once for all three, and none
    # of the rows that they name can be deleted.
    filing = models.ForeignKey(
        CampaignFiling,
        on_delete=models.PROTECT,
        related_name="decisions",
        db_constraint=False,
        db_index=False,
    )
    person = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        related_name="decisions",
        db_constraint=False,
        db_index=False,
    )
    seat = models.ForeignKey(
        Seat,
        on_delete=models.PROTECT,
        null=True,
        related_name="decisions",
        db_constraint=False,
        db_index=False,
    )
    verdict = models.CharField(max_length=8, choices=Verdict.choices)
    retry_at = models.DateTimeField(null=True)
    answers = models.TextField()  # every rule asked and its answer: compliance.rulebook.codec
    findings = models.JSONField()  # those that refused or deferred: rule, reason and values
    objecting_rules = models.JSONField()  # their rules' ids
    facts = models.BinaryField()  # canonical bytes
    facts_digest = models.BinaryField()  # sha256 of `facts`
    book_digest = models.CharField(max_length=64)

    class Meta:
        indexes = [
            models.Index(fields=["at"]),
            models.Index(fields=["person", "at"]),
            models.Index(fields=["filing", "at"]),
            models.Index(fields=["seat", "at"]),
            # Of what some rule objected to alone: a decision that allows costs nothing more.
            GinIndex(
                fields=["objecting_rules"],
                name="decision_objections",
                condition=~models.Q(verdict="allow"),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
