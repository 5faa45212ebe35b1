"""The tables of the audit trail."""

from audit.models.entry import AuditEntry, AuditEntryQuerySet, AuditPending
from audit.models.pii import AuditPii

__all__ = ["AuditEntry", "AuditEntryQuerySet", "AuditPending", "AuditPii"]
