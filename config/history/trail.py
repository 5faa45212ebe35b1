"""The trail of the history: an entry for each decision, after the gate's own."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from django.conf import settings
from django.db import connection

from audit import keys
from audit.body import timestamp
from audit.commitment import key_id, mac
from audit.models import AuditEntry
from audit.uuid7 import uuid7
from compliance.models import Decision, Permit
from config.history.calls import Call
from config.history.people import copy

_COLUMNS = ("eid", "ts", "tenant", "action", "actor", "object", "outcome", "body", "mac", "kid")
Row = tuple[object, ...]


class Trail:
    """Writes entries after the pattern of those that the gate wrote of its first decisions."""

    def __init__(self) -> None:
        """Read the patterns."""
        self._key = keys.secret("audit-mac")
        self._kid = key_id(self._key)
        self._patterns: dict[UUID, tuple[AuditEntry, bytes, bytes]] = {}

    def write(self, calls: Sequence[Call]) -> None:
        """Add the entries of a batch, in the caller's transaction."""
        for call in calls:
            self._pattern(call)  # read before the COPY, which has the connection to itself
        copy("audit_entry", _COLUMNS, self._rows(calls))

    def _rows(self, calls: Sequence[Call]) -> Iterator[Row]:
        for call in calls:
            entry, pattern, kind = self._pattern(call)
            eid, subject = uuid7(call.at), call.permit or call.id
            said = pattern % {
                b"eid": str(eid).encode(),
                b"ts": timestamp(call.at).encode(),
                b"id": str(subject).encode(),
                b"decision": str(call.id).encode(),
                b"person": str(call.person.id).encode(),
            }
            yield (
                eid,
                call.at,
                settings.AUDIT_TENANT,
                entry.action,
                entry.actor,
                f"{kind.decode()}:{subject}",
                entry.outcome,
                said,
                mac(body=said, key=self._key),
                self._kid,
            )

    def _pattern(self, call: Call) -> tuple[AuditEntry, bytes, bytes]:
        of = call.template.decision
        if of not in self._patterns:
            self._patterns[of] = _pattern(of)
        return self._patterns[of]


def _pattern(decision_id: UUID) -> tuple[AuditEntry, bytes, bytes]:
    decision = Decision.objects.get(pk=decision_id)
    permit = Permit.objects.filter(decision=decision).first()
    kind, subject = (b"permit", permit.pk) if permit else (b"decision", decision.pk)
    entry = AuditEntry.objects.about(f"{kind.decode()}:{subject}").order_by("pk")[0]
    body = bytes(entry.body).replace(b"%", b"%%")
    for old, new in (
        (str(entry.eid), b"%(eid)s"),
        (timestamp(entry.ts), b"%(ts)s"),
        (str(subject), b"%(id)s"),
        (str(decision.pk), b"%(decision)s"),
        (f'"person":{decision.person_id}', b'"person":%(person)s'),
    ):
        body = body.replace(old.encode(), new)
    return entry, body, kind


def months_make(first: str, last: str) -> None:
    """Make a partition of the trail for each month, as time itself would have."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT audit_partition_make(m::date)"
            " FROM generate_series(%s::date, %s::date, interval '1 month') m",
            [first, last],
        )
