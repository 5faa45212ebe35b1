"""What the trail holds about one person: entries about their records, and their own fields."""

from collections.abc import Collection
from typing import Any

from django.db.models import Q

from audit import keys
from audit.actions import BY_NAME
from audit.body import timestamp
from audit.commitment import blind_index
from audit.models import AuditEntry, AuditPii


def holdings(
    *, subject: str, objects: Collection[str], values: Collection[str] = ()
) -> list[dict[str, Any]]:
    """Return the entries about the objects, or with a field of the subject or one of the values.

    The fields are shown as far as they are the subject's or hold one of the values; what was
    erased is not there any more. The entries themselves name only surrogates.
    """
    key = keys.secret("number-index")
    indexes = [blind_index(value=value, key=key) for value in values]
    theirs = Q(subject=subject) | Q(blind_index__in=indexes)
    fields: dict[int, dict[str, str]] = {}
    for row in AuditPii.objects.filter(theirs).order_by("entry_id", "field"):
        fields.setdefault(row.entry_id, {})[row.field] = row.plain
    about = Q(object__in={subject, *objects}) | Q(pk__in=list(fields))
    return [
        {
            "eid": str(entry.eid),
            "at": timestamp(entry.ts),
            "action": entry.action,
            "zh": BY_NAME[entry.action].zh if entry.action in BY_NAME else "",
            "en": BY_NAME[entry.action].en if entry.action in BY_NAME else "",
            "object": entry.object,
            "outcome": entry.outcome,
            "fields": fields.get(entry.pk, {}),
        }
        for entry in AuditEntry.objects.filter(about).order_by("pk")
    ]
