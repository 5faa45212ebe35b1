"""A person's agreement to be called, with the evidence for it."""

from django.db import models
from django.db.models.functions import Length
from django.db.models.lookups import Exact

from compliance.models.filing import Whitelist
from compliance.models.person import Person
from compliance.models.words import ConsentBasis


class ConsentQuerySet(models.QuerySet["Consent"]):
    """Filters over consents."""

    def standing(self) -> "ConsentQuerySet":
        """Keep the consents that nobody withdrew."""
        return self.filter(withdrawn_at__isnull=True)


class Consent(models.Model):
    """Who agreed to what, when and how; written once, then at most withdrawn."""

    # No foreign-key constraint: the trigger `of_somebody` looks once for all rows of a statement,
    # and nobody can delete a person.
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="consents", db_constraint=False
    )
    whitelist = models.ForeignKey(Whitelist, on_delete=models.PROTECT, related_name="consents")
    basis = models.CharField(max_length=16, choices=ConsentBasis.choices)
    channel = models.CharField(max_length=8, default="voice")
    explicit = models.BooleanField()
    text_shown_sha256 = models.CharField(max_length=64)
    method = models.CharField(max_length=64)  # web form, app, paper, recording …
    evidence_sha256 = models.CharField(max_length=64)
    ai_allowed = models.BooleanField()
    # Separate consent to the use of sensitive personal information (PIPL 29).
    sensitive_allowed = models.BooleanField(db_default=False)
    # The event by which the person asked to be called back now: a form's id, a chat's, a call's.
    request_event = models.CharField(max_length=64, blank=True, db_default="")
    given_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField()
    policy_ends_on = models.DateField(null=True)  # the insurance that may be offered for renewal

    objects = ConsentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="consent_has_evidence",
                # Signs and length apart: counting to 64 costs a regular expression 7 µs a row.
                condition=models.Q(
                    Exact(Length("evidence_sha256"), 64),
                    Exact(Length("text_shown_sha256"), 64),
                    explicit=True,
                    evidence_sha256__regex=r"^[0-9a-f]+$",
                    text_shown_sha256__regex=r"^[0-9a-f]+$",
                )
                & ~models.Q(method=""),
            ),
            models.UniqueConstraint(
                fields=["person", "whitelist", "evidence_sha256", "given_at"],
                name="consent_once",
            ),
        ]

    def __str__(self) -> str:
        return f"consent {self.pk}"
