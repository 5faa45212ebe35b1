"""The digests of the registers' rows as of the last night, to name a row that has changed."""

from django.db import models


class AuditStateChunk(models.Model):
    """Digests of the rows of one stretch of keys; what it says is summed up in the last entry."""

    pk = models.CompositePrimaryKey("register", "chunk")
    register = models.CharField(max_length=64)
    chunk = models.BigIntegerField()
    rows = models.BinaryField()  # audit.digests.chunks: key and SHA-256 of each row

    class Meta:
        db_table = "audit_state_chunk"
        verbose_name = "digests of a register 登记簿摘要"
        verbose_name_plural = "digests of the registers 登记簿摘要"

    def __str__(self) -> str:
        return f"{self.register} {self.chunk}"
