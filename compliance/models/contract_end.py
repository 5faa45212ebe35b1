"""The end of a principal's contract: its people's data is deleted or given back, and proved."""

from django.db import models

from compliance.models.parties import Principal


class DataReturn(models.Model):
    """A certificate 合同终止处置证明 that nothing of the principal's lists is left here."""

    class Method(models.TextChoices):
        """What became of the data."""

        DELETED = "deleted", "deleted"
        RETURNED = "returned", "given back, and deleted here"

    principal = models.ForeignKey(Principal, on_delete=models.PROTECT, related_name="data_returns")
    contract_end = models.DateField()  # the last day of the contract that ended
    method = models.CharField(max_length=8, choices=Method.choices)
    certificate_sha256 = models.CharField(max_length=64)
    done_on = models.DateField()
    author = models.ForeignKey("User", on_delete=models.PROTECT, related_name="+")
    approver = models.ForeignKey("User", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="data_return_needs_two_people",
                condition=~models.Q(author=models.F("approver")),
            ),
            models.CheckConstraint(
                name="data_return_comes_after_the_end",
                condition=models.Q(
                    done_on__gt=models.F("contract_end"),
                    certificate_sha256__regex=r"^[0-9a-f]{64}$",
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.principal_id} {self.contract_end}"
