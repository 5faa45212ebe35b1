"""Papers that entitle: the principals' industry licences and the operator's commitment letters."""

from django.db import models

from compliance.models.lines import CallerNumber
from compliance.models.parties import Operator, Principal


class PrincipalDocument(models.Model):
    """An industry licence or filing of a principal 行业资质, by its digest; never altered."""

    principal = models.ForeignKey(Principal, on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField(max_length=32)  # a code of the rulebook's document matrix
    number = models.CharField(max_length=64)
    issuer = models.CharField(max_length=128)
    valid_from = models.DateField()
    valid_until = models.DateField()  # the last day
    document_sha256 = models.CharField(max_length=64)
    verified_by = models.ForeignKey("User", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    revoked_on = models.DateField(null=True)  # set once, when the issuer or the principal ends it

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="document_ends_after_it_begins",
                condition=models.Q(valid_until__gte=models.F("valid_from")),
            ),
            models.CheckConstraint(
                name="document_has_a_digest",
                condition=models.Q(document_sha256__regex=r"^[0-9a-f]{64}$")
                & ~models.Q(number="")
                & ~models.Q(issuer=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


class CommitmentLetter(models.Model):
    """A letter that the operator signed to the carrier 承诺书; its scope lists filed numbers."""

    class Kind(models.TextChoices):
        """The two letters that MIIT notice 81 of 2020 asks for."""

        NO_HARASSMENT = "no_harassment", "no harassing calls 骚扰电话禁呼承诺书"
        NO_ILLEGAL_CALLS = "no_illegal_calls", "no unlawful outbound calls 不违规呼出承诺书"

    operator = models.ForeignKey(Operator, on_delete=models.PROTECT, related_name="letters")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    signed_on = models.DateField()
    document_sha256 = models.CharField(max_length=64)
    numbers = models.ManyToManyField(CallerNumber, related_name="letters")
    recorded_at = models.DateTimeField()
    revoked_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="letter_has_a_digest",
                condition=models.Q(document_sha256__regex=r"^[0-9a-f]{64}$"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.signed_on}"
