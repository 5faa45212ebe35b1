"""Put a reconciliation on record; a call without a permit opens an incident and stops all."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from audit import record as audit
from audit.models import AuditEntry
from compliance.models import Incident, KillSwitch
from compliance.services.incident import incident_open
from compliance.services.kill_switch import kill_switch_engage
from compliance.vault import number_index
from dialer.reconcile.comparison import Span, Unmatched
from dialer.reconcile.run import Reconciliation

REASON = (
    "对账发现 {count} 个没有许可的 INVITE，查明前停呼 / "
    "Reconciliation found {count} INVITE(s) without a permit: no call until people know why"
)
DATA_KINDS = "电话号码、外呼记录 telephone numbers, call records"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What was done about a reconciliation."""

    switch: KillSwitch | None
    incident: Incident | None


def span_name(span: Span) -> str:
    """Return how the trail names the reconciliation of a span."""
    instants = (at.astimezone(UTC) for at in (span.since, span.until))
    since, until = (f"{at:%Y-%m-%dT%H:%M:%SZ}" for at in instants)
    return f"reconciliation:{since}/{until}"


def is_recorded(span: Span) -> bool:
    """Return whether the span was reconciled before."""
    made = AuditEntry.objects.filter(object=span_name(span), action="reconciliation.made")
    return made.exists()


def reconciliation_record(*, made: Reconciliation, actor: str, now: datetime) -> Recorded:
    """Stop first, then write: a call that people know of already stops nothing again.

    A permit whose call never left is on the record and stops nothing.
    """
    fresh = _not_known_before(made.found.unpermitted)
    switch = None
    if fresh:
        reason = REASON.format(count=len(fresh))
        switch = kill_switch_engage(
            scope="platform", target="", reason=reason, actor=actor, now=now
        )
    incident = _write(made, fresh, actor=actor, now=now)
    return Recorded(switch=switch, incident=incident)


@transaction.atomic(durable=True)
def _write(
    made: Reconciliation, fresh: dict[str, Unmatched], *, actor: str, now: datetime
) -> Incident | None:
    incident = None
    if fresh:
        incident = incident_open(
            kind=Incident.Kind.LEAKED,
            summary=REASON.format(count=len(fresh)),
            data_kinds=DATA_KINDS,
            persons=len({one.seen.callee for one in fresh.values()}),
            noticed_at=now,
            actor=actor,
            now=now,
        )
    audit.record_many(
        [_entry(obj, one, incident, actor) for obj, one in fresh.items()],
        now=now,
    )
    audit.record(
        "reconciliation.made",
        obj=span_name(made.span),
        actor=actor,
        now=now,
        outcome="error" if made.found.unmatched else "ok",
        data=_data(made),
    )
    return incident


def _data(made: Reconciliation) -> dict[str, Any]:
    found = made.found
    return {
        "counts": dict(found.counts),
        "tolerance_ms": round(made.tolerance.total_seconds() * 1000),
        "unmatched": len(found.unmatched),
        "unpermitted": len(found.unpermitted),
        "witnesses": {one.kind: one.sha256 for one in made.witnesses},
    }


def _not_known_before(unpermitted: Iterable[Unmatched]) -> dict[str, Unmatched]:
    """Return each call once by its name, though several have seen it."""
    found: dict[str, Unmatched] = {}
    for one in unpermitted:
        found.setdefault(_name(one), one)
    known = AuditEntry.objects.filter(object__in=list(found), action="reconciliation.unmatched")
    for obj in known.values_list("object", flat=True):
        found.pop(obj, None)
    return found


def _name(one: Unmatched) -> str:
    """Name a call by its Call-ID or, without one, by a keyed digest of who, whom and when."""
    seen = one.seen
    at = seen.at.astimezone(UTC).isoformat()
    known = seen.call_id or number_index(f"{seen.callee} {seen.caller} {at}").hex()
    numbers = number_index(f"{seen.callee} {seen.caller}").hex()
    return f"invite:{hashlib.sha256(f'{known} {numbers}'.encode()).hexdigest()}"


def _entry(obj: str, one: Unmatched, incident: Incident | None, actor: str) -> audit.Entry:
    return audit.Entry(
        action="reconciliation.unmatched",
        obj=obj,
        actor=actor,
        outcome="error",
        data={
            "counted_by": one.side,
            "missing_from": list(one.missing),
            "seen_at": one.seen.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "permit": one.permit,
            "incident": None if incident is None else incident.pk,
        },
        pii={"callee": one.seen.callee, "caller": one.seen.caller},
        subject=obj,
    )
