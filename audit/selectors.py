"""Read the audit trail."""

from datetime import datetime

from audit import keys
from audit.check import mac_holds
from audit.commitment import blind_index
from audit.models import AuditEntry, AuditEntryQuerySet


def entries(
    *,
    obj: str | None = None,
    actor: str | None = None,
    action: str | None = None,
    since: datetime | None = None,
) -> AuditEntryQuerySet:
    """Return the entries that match everything given, in the order of writing."""
    given = {"object": obj, "actor": actor, "action": action, "ts__gte": since}
    wanted = {name: value for name, value in given.items() if value is not None}
    return AuditEntry.objects.filter(**wanted).order_by("pk")


def entries_holding(*, value: str) -> AuditEntryQuerySet:
    """Return the entries with `value` among their personal fields, until it is erased."""
    index = blind_index(value=value, key=keys.secret("number-index"))
    return AuditEntry.objects.filter(personal__blind_index=index).distinct().order_by("pk")


def verify_macs(queryset: AuditEntryQuerySet) -> list[int]:
    """Return the ids of the entries that this deployment did not write, or not like this."""
    return [entry.pk for entry in queryset.iterator(chunk_size=2000) if not mac_holds(entry)]
