"""The entries of the audit trail, as the exact bytes that were written."""

from datetime import datetime
from typing import Self

from django.db import models


class AuditEntryQuerySet(models.QuerySet["AuditEntry"]):
    """Filters that readers of the trail put one after another."""

    def about(self, obj: str) -> Self:
        """Keep the entries about the object `obj`, such as `lead:12345`."""
        return self.filter(object=obj)

    def by(self, actor: str) -> Self:
        """Keep what `actor` did, such as `u:17`."""
        return self.filter(actor=actor)

    def of(self, action: str) -> Self:
        """Keep the entries of one action, such as `permit.issued`."""
        return self.filter(action=action)

    def since(self, instant: datetime) -> Self:
        """Keep what was recorded at `instant` or later."""
        return self.filter(ts__gte=instant)


class AuditEntry(models.Model):
    """One thing that happened. Written by `audit.record` alone; the database refuses to change it.

    `body` is the entry; the other columns repeat parts of it for searching and are checked
    against it. Gaps in `id` mean nothing: a transaction that rolls back leaves one.
    The table has a partition for each month of `ts` (migration 0003); no foreign key points here.
    """

    id = models.BigAutoField(primary_key=True)  # GENERATED ALWAYS: nobody chooses a position
    eid = models.UUIDField(unique=True)  # UUIDv7 of the very millisecond of ts
    ts = models.DateTimeField()  # UTC instant by the application's clock
    tenant = models.CharField(max_length=64)
    action = models.CharField(max_length=64)
    actor = models.CharField(max_length=160)
    object = models.CharField(max_length=160)
    outcome = models.CharField(max_length=8)
    body = models.BinaryField()  # canonical JSON, the bytes that are hashed
    mac = models.BinaryField()  # HMAC-SHA-256 of body
    kid = models.CharField(max_length=16)  # which key made the mac

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        db_table = "audit_entry"
        verbose_name = "audit entry 审计条目"
        verbose_name_plural = "audit entries 审计条目"
        indexes = [
            models.Index(fields=["object", "id"], name="audit_entry_object"),
            models.Index(fields=["actor", "id"], name="audit_entry_actor"),
            models.Index(fields=["ts"], name="audit_entry_ts"),
        ]
        constraints = [
            models.CheckConstraint(
                name="audit_entry_outcome_known",
                condition=models.Q(outcome__in=["ok", "denied", "error"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.object} {self.eid}"


class AuditPending(models.Model):
    """An entry that waits to be sealed. A trigger writes it; the sequencer takes it away."""

    entry = models.OneToOneField(
        AuditEntry,
        on_delete=models.PROTECT,
        primary_key=True,
        related_name="pending",
        db_constraint=False,  # the trigger takes the id from the row itself; entries never go
    )

    class Meta:
        db_table = "audit_pending"
        verbose_name = "entry to be sealed 待封存条目"
        verbose_name_plural = "entries to be sealed 待封存条目"

    def __str__(self) -> str:
        return f"entry {self.entry_id}"
