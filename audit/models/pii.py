"""Personal data that entries commit to, kept apart so that it can be erased."""

from django.db import models

from audit.models.entry import AuditEntry
from audit.sealed_text import open_text


class AuditPii(models.Model):
    """One personal field of one entry. Erasing the row leaves the entry provable and mute."""

    pk = models.CompositePrimaryKey("entry_id", "field")
    entry = models.ForeignKey(
        AuditEntry,
        on_delete=models.PROTECT,
        related_name="personal",
        db_index=False,
        db_constraint=False,  # no key of a partitioned table is its `id` alone
    )
    field = models.CharField(max_length=64)
    subject = models.CharField(max_length=160)  # whose data it is, such as `person:12`
    blind_index = models.BinaryField()  # keyed digest of the value, for searching
    value = models.TextField()  # sealed; `plain` opens it
    salt = models.BinaryField()  # 32 bytes; goes with the value

    class Meta:
        db_table = "audit_pii"
        verbose_name = "personal field 个人信息字段"
        verbose_name_plural = "personal fields 个人信息字段"
        indexes = [
            models.Index(fields=["subject"], name="audit_pii_subject"),
            models.Index(fields=["blind_index"], name="audit_pii_blind_index"),
        ]

    def __str__(self) -> str:
        return f"{self.field} of entry {self.entry_id}"

    @property
    def plain(self) -> str:
        """The value as it was recorded.

        :raises SealBrokenError: if it was altered
        """
        return open_text(self.value, salt=bytes(self.salt))
