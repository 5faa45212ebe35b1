"""Editions of the rulebook's pack: proposed by one person, approved by another, never changed."""

from django.db import models


class PackEdition(models.Model):
    """A whole pack, as bytes; the shipped one is recorded too, so that the others rest on it."""

    pack_id = models.CharField(max_length=16)
    version = models.CharField(max_length=64)
    content = models.BinaryField()  # compliance.rulebook.edition.pack_bytes
    digest = models.CharField(max_length=64)  # sha256 of `content`
    base = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    proposer = models.ForeignKey("User", on_delete=models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField()
    reason = models.CharField(max_length=256, blank=True)
    effective_from = models.DateTimeField()  # UTC instant from which it judges, once approved
    approver = models.ForeignKey("User", on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="edition_is_shipped_or_proposed",
                condition=models.Q(
                    proposer__isnull=True, base__isnull=True, approver__isnull=True, reason=""
                )
                | (models.Q(proposer__isnull=False, base__isnull=False) & ~models.Q(reason="")),
            ),
            models.CheckConstraint(
                name="edition_needs_two_people",
                condition=models.Q(approver__isnull=True)
                | ~models.Q(approver=models.F("proposer")),
            ),
            models.CheckConstraint(
                name="edition_approval_is_whole",
                condition=models.Q(approver__isnull=True, approved_at__isnull=True)
                | models.Q(approver__isnull=False, approved_at__isnull=False),
            ),
            models.CheckConstraint(
                name="edition_never_judges_the_past",
                condition=models.Q(effective_from__gte=models.F("proposed_at"))
                & (
                    models.Q(approved_at__isnull=True)
                    | models.Q(approved_at__lte=models.F("effective_from"))
                ),
            ),
            models.CheckConstraint(  # every regime that an operator can have is under this pack
                name="edition_is_of_the_operators_pack",
                condition=models.Q(pack_id="cn13"),
            ),
            models.UniqueConstraint(
                name="edition_shipped_once",
                fields=["digest"],
                condition=models.Q(proposer__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pack_id} {self.version}"


class BookUse(models.Model):
    """A book that was put to use: which edition, under which release of the rules' source."""

    book_digest = models.CharField(max_length=64, unique=True)
    edition = models.ForeignKey(PackEdition, on_delete=models.PROTECT, related_name="uses")
    logic_digest = models.CharField(max_length=64)
    first_used_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.book_digest
