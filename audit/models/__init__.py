"""The tables of the audit trail."""

from audit.models.entry import AuditEntry, AuditEntryQuerySet, AuditPending
from audit.models.pii import AuditPii
from audit.models.retention import AuditDropped, AuditLegalHold
from audit.models.sealing import (
    AuditAnchor,
    AuditCheckpoint,
    AuditKey,
    AuditLeaf,
    AuditQuarantine,
    AuditState,
    AuditTile,
)
from audit.models.state_chunk import AuditStateChunk

__all__ = [
    "AuditAnchor",
    "AuditCheckpoint",
    "AuditDropped",
    "AuditEntry",
    "AuditEntryQuerySet",
    "AuditKey",
    "AuditLeaf",
    "AuditLegalHold",
    "AuditPending",
    "AuditPii",
    "AuditQuarantine",
    "AuditState",
    "AuditStateChunk",
    "AuditTile",
]
