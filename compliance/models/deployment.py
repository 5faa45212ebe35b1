"""What this installation is allowed to be: the signed deployment pack."""

from django.db import models


class Deployment(models.Model):
    """A deployment pack 部署合规包 as two people signed it off; the newest one counts."""

    content = models.BinaryField()  # canonical JSON, the signed bytes
    content_sha256 = models.CharField(max_length=64)
    signature = models.BinaryField()  # Ed25519 by the deployment's own key
    author = models.ForeignKey("User", on_delete=models.PROTECT, related_name="+")
    approver = models.ForeignKey("User", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="deployment_needs_two_people",
                condition=~models.Q(author=models.F("approver")),
            ),
        ]

    def __str__(self) -> str:
        return self.content_sha256[:12]


class Violator(models.Model):
    """Somebody whom no deployment may take on 违规主体: for three years, and append-only."""

    class Kind(models.TextChoices):
        """What the entry names."""

        COMPANY = "company", "a company's name"
        CREDIT_CODE = "credit_code", "a unified social credit code"
        PERSON = "person", "a legal person, owner or agent"
        NUMBER = "number", "a caller number"
        ADDRESS = "address", "an outlet's address"

    kind = models.CharField(max_length=16, choices=Kind.choices)
    value_index = models.BinaryField()  # HMAC of the normalised value; nobody reads the list
    reason = models.CharField(max_length=256)
    listed_on = models.DateField()
    until = models.DateField()  # the last day
    recorded_by = models.CharField(max_length=64)
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["kind", "value_index"], name="violator_value")]
        constraints = [
            models.CheckConstraint(
                name="violator_is_listed_for_a_while",
                condition=models.Q(until__gt=models.F("listed_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} until {self.until}"


class ConductTarget(models.Model):
    """What people may be measured by: how they treat those they call, never how many."""

    class Kind(models.TextChoices):
        """The only targets there are."""

        COMPLAINT_HANDLING = "complaint_handling", "complaints handled in time"
        REFUSAL_HANDLING = "refusal_handling", "refusals taken down correctly"
        DISCLOSURE = "disclosure", "openings with every disclosure"
        TRAINING = "training", "training renewed in time"

    kind = models.CharField(max_length=24, choices=Kind.choices, unique=True)
    percent = models.PositiveSmallIntegerField()  # of cases, 1..100
    declared_by = models.ForeignKey("User", on_delete=models.PROTECT, related_name="+")
    declared_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="target_is_about_conduct",
                condition=models.Q(
                    kind__in=[
                        "complaint_handling",
                        "refusal_handling",
                        "disclosure",
                        "training",
                    ],
                    percent__gte=1,
                    percent__lte=100,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.percent} %"
