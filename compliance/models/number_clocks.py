"""What keeps a filed number honest: changes filed in time, call-backs tested, no running away."""

from django.db import models

from compliance.models.lines import CallerNumber
from compliance.models.parties import Principal
from compliance.models.words import Purpose


class FilingChange(models.Model):
    """A change of a filed number's particulars that has to be filed within ten working days."""

    number = models.ForeignKey(CallerNumber, on_delete=models.PROTECT, related_name="changes")
    what = models.CharField(max_length=256)
    changed_on = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=64)
    receipt_number = models.CharField(max_length=64, blank=True)  # the authority's receipt
    receipt_sha256 = models.CharField(max_length=64, blank=True)
    filed_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="filing_change_needs_a_receipt",
                condition=models.Q(filed_on__isnull=True, receipt_number="", receipt_sha256="")
                | (
                    models.Q(
                        filed_on__isnull=False,  # nothing compares with null, and a check lets it
                        filed_on__gte=models.F("changed_on"),
                        receipt_sha256__regex=r"^[0-9a-f]{64}$",
                    )
                    & ~models.Q(receipt_number="")
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number_id} {self.changed_on}"


class CallbackTest(models.Model):
    """Somebody called a filed number back, and took down what answered."""

    number = models.ForeignKey(CallerNumber, on_delete=models.PROTECT, related_name="callbacks")
    tested_on = models.DateField()
    reached = models.BooleanField()
    names_principal = models.BooleanField()
    takes_refusal = models.BooleanField()  # one key is enough to refuse
    evidence_sha256 = models.CharField(max_length=64)
    tester = models.CharField(max_length=64)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="callback_has_evidence",
                condition=models.Q(evidence_sha256__regex=r"^[0-9a-f]{64}$"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number_id} {self.tested_on}"


class NumberMark(models.Model):
    """A filed number was marked as harassing, or complained about; the principal may not run."""

    number = models.ForeignKey(CallerNumber, on_delete=models.PROTECT, related_name="marks")
    marked_on = models.DateField()
    source = models.CharField(max_length=64)
    evidence = models.CharField(max_length=256)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.number_id} {self.marked_on}"


class NumberChange(models.Model):
    """A principal takes another number for a purpose: with a reason, approved by a second person.

    Written once, by the approval; so there is no change that waits for one.
    """

    principal = models.ForeignKey(Principal, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=2, choices=Purpose.choices)
    previous = models.ForeignKey(CallerNumber, on_delete=models.PROTECT, related_name="+")
    number = models.ForeignKey(CallerNumber, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=256)
    author = models.ForeignKey("User", on_delete=models.PROTECT, related_name="+")
    approver = models.ForeignKey("User", on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="number_change_needs_two_people",
                condition=~models.Q(author=models.F("approver")),
            ),
            models.CheckConstraint(
                name="number_change_has_a_reason",
                condition=~models.Q(reason="") & ~models.Q(previous=models.F("number")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.previous_id} → {self.number_id}"
