"""Contact lists: where they lawfully come from, what stopped them, and what became of them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from compliance.models.filing import CampaignFiling
from compliance.models.parties import Principal
from compliance.models.words import ListSource

SHA256 = r"^[0-9a-f]{64}$"


class ImpactAssessment(models.Model):
    """A personal information protection impact assessment 个人信息保护影响评估."""

    principal = models.ForeignKey(Principal, on_delete=models.PROTECT, related_name="assessments")
    sources = ArrayField(models.CharField(max_length=16, choices=ListSource.choices))
    automated_decisions = models.BooleanField()  # it covers them
    entrusted_processing = models.BooleanField()
    document_sha256 = models.CharField(max_length=64)
    assessed_on = models.DateField()
    keep_until = models.DateField()
    author = models.ForeignKey("User", on_delete=models.PROTECT, related_name="+")
    approver = models.ForeignKey("User", on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="assessment_needs_two_people",
                condition=~models.Q(author=models.F("approver")),
            ),
            models.CheckConstraint(
                name="assessment_has_document", condition=models.Q(document_sha256__regex=SHA256)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.principal_id} {self.assessed_on}"


class ContactList(models.Model):
    """A list of people with its declared lawful source."""

    class State(models.TextChoices):
        """Whether its people may be called."""

        OPEN = "open", "open"
        HELD = "held", "held until somebody in compliance has looked"
        FROZEN = "frozen", "frozen for good"
        RETIRED = "retired", "aged out, its personal data deleted"

    name = models.CharField(max_length=128)
    principal = models.ForeignKey(Principal, on_delete=models.PROTECT, related_name="lists")
    source = models.CharField(max_length=16, choices=ListSource.choices)
    collected_by = models.CharField(max_length=128)
    collected_on = models.DateField(null=True)  # of the oldest row; null: the day of declaration
    notice_text = models.TextField()  # what the person was told when the number was collected
    transfer_sha256 = models.CharField(max_length=64, blank=True)  # separate consent, PIPL 23
    assessment = models.ForeignKey(
        ImpactAssessment, on_delete=models.PROTECT, null=True, related_name="lists"
    )
    declared_by = models.ForeignKey("User", on_delete=models.PROTECT, related_name="+")
    declared_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    cause = models.CharField(max_length=16, blank=True)  # the rule that stopped it: LST-10
    released_by = models.ForeignKey(
        "User", on_delete=models.PROTECT, null=True, related_name="+"
    )  # whoever looked and let it go on

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="list_transfer_is_a_digest",
                condition=models.Q(transfer_sha256="") | models.Q(transfer_sha256__regex=SHA256),
            ),
            models.CheckConstraint(
                name="list_stopped_for_a_cause",
                condition=models.Q(state__in=["open", "retired"]) | ~models.Q(cause=""),
            ),
            models.CheckConstraint(
                name="list_released_by_a_second_person",
                condition=models.Q(released_by=None)
                | ~models.Q(released_by=models.F("declared_by")),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ListUse(models.Model):
    """A campaign takes leads from a list; the database notes it with the first lead."""

    filing = models.ForeignKey(CampaignFiling, on_delete=models.PROTECT, related_name="list_uses")
    contact_list = models.ForeignKey(ContactList, on_delete=models.PROTECT, related_name="uses")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["filing", "contact_list"], name="list_use_once"),
        ]

    def __str__(self) -> str:
        return f"{self.contact_list_id} for {self.filing_id}"


class Honeypot(models.Model):
    """A number of the platform's own that nobody can lawfully hold; kept as its index only."""

    number_index = models.BinaryField(unique=True)
    place = models.CharField(max_length=128)  # where it was left
    planted_by = models.ForeignKey("User", on_delete=models.PROTECT, related_name="+")
    planted_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"honeypot {self.pk}"


class ListDeletion(models.Model):
    """The certificate that a list's personal data was deleted."""

    contact_list = models.OneToOneField(
        ContactList, on_delete=models.PROTECT, related_name="deletion"
    )
    leads = models.PositiveIntegerField()
    names = models.PositiveIntegerField()  # that were there to delete
    references = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)  # SHA-256 of the certificate in canonical JSON
    deleted_by = models.CharField(max_length=64)
    deleted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="deletion_has_digest", condition=models.Q(digest__regex=SHA256)
            ),
        ]

    def __str__(self) -> str:
        return f"deletion of {self.contact_list_id}"
