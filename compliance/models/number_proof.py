"""A one-time code by which somebody shows that a number is theirs; nobody here sees it."""

import uuid

from django.db import models


class NumberProof(models.Model):
    """One code: sent once, used once, forgotten soon. It tells nothing of whether we know them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)  # random: whoever has it asked
    number_index = models.BinaryField()  # keyed, to count by
    number_sealed = models.BinaryField()  # emptied when the code is used or over
    code_digest = models.CharField(max_length=64)  # keyed, of this row's id and the code
    address_digest = models.CharField(max_length=64)  # keyed, of the asker's network address
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)  # null: the gateway did not take it
    tries = models.PositiveSmallIntegerField(default=0)  # that were wrong
    used_at = models.DateTimeField(null=True)
    denied = models.PositiveIntegerField(default=0)  # askings turned away since

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="number_proof_lives_ten_minutes_at_most",
                condition=models.Q(
                    expires_at__lte=models.F("asked_at")
                    + models.Value("10 minutes", output_field=models.DurationField())
                ),
            ),
            models.CheckConstraint(
                name="number_proof_used_keeps_no_number",
                condition=models.Q(used_at=None) | models.Q(number_sealed=b""),
            ),
        ]
        indexes = [
            models.Index(fields=["number_index", "asked_at"], name="number_proofs_of_a_number"),
            models.Index(fields=["address_digest", "asked_at"], name="number_proofs_from_address"),
        ]

    def __str__(self) -> str:
        return f"number proof {self.pk}"
