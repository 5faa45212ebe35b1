"""Take over what an edge saw: every INVITE on the trail, and an incident for each refused one."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from audit import record as audit
from compliance.models import Incident, Permit, Trunk
from compliance.services.incident import incident_open
from dialer.edge_words import WHY
from dialer.lines.sip.edge import Why
from dialer.models import EdgeInvite

DATA_KINDS = "电话号码、外呼记录 telephone numbers, call records"
SUMMARY = (
    "边界 {edge} 拒绝了一个 INVITE：{zh} / The edge {edge} refused an INVITE: {en}. "
    "线路 trunk {trunk}, 来源 source {source}, Call-ID sha256 {call}, 数量 packets {count}"
)
# A flood is one incident more, not ten thousand: of one reason, in what is taken over at once.
INCIDENTS_AT_ONCE = 20
ONE_AT_A_TIME = 0x79756E6875456467  # advisory lock


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeSeen:
    """One dialog-forming INVITE, as the edge wrote it down."""

    id: UUID
    edge: str
    at: datetime  # by the edge's clock, which knows no stated one
    trunk: str  # code; "": the edge could not tell
    permit: str  # that the INVITE names; "": none
    call_id: str
    why: str  # "": it was relayed
    source: str = ""
    masked: str = ""  # the number that it calls
    count: int = 1  # packets; more where one line stands for what could not be read in a second


@transaction.atomic(durable=True)
def edge_note(*, seen: Sequence[EdgeSeen], actor: str, now: datetime) -> int:
    """Write down what is not written down yet. Return how many INVITEs that were."""
    with connection.cursor() as cursor:  # a line of a log comes over once
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
    ids = [one.id for one in seen]
    known = set(EdgeInvite.objects.filter(pk__in=ids).values_list("pk", flat=True))
    fresh = [one for one in seen if one.id not in known]
    permits = _permits(one.permit for one in fresh)
    trunks = {trunk.code: trunk for trunk in Trunk.objects.all()} if fresh else {}
    incidents = _incidents(fresh, actor=actor, now=now)
    rows = [
        EdgeInvite(
            id=one.id,
            edge=one.edge[:64],
            trunk=trunks.get(one.trunk),
            permit=permits.get(one.permit),
            why=one.why[:16],
            source=one.source[:64],
            masked=(one.masked or _masked(permits.get(one.permit)))[:32],
            call_id=one.call_id[:255],
            incident=incidents.get(one.id),
            seen_at=one.at,
            noted_at=now,
        )
        for one in fresh
    ]
    EdgeInvite.objects.bulk_create(rows)
    audit.record_many(
        [_entry(row, one, actor) for row, one in zip(rows, fresh, strict=True)], now=now
    )
    return len(rows)


def _incidents(fresh: Iterable[EdgeSeen], *, actor: str, now: datetime) -> dict[UUID, Incident]:
    opened: dict[UUID, Incident] = {}
    last: dict[str, Incident] = {}
    count: Counter[str] = Counter()
    for one in fresh:
        if not one.why:
            continue
        count[one.why] += 1
        if count[one.why] <= INCIDENTS_AT_ONCE:
            last[one.why] = _open(one, actor=actor, now=now)
        opened[one.id] = last[one.why]
    return opened


def _open(one: EdgeSeen, *, actor: str, now: datetime) -> Incident:
    words = WHY.get(Why(one.why)) if one.why in set(Why) else None
    return incident_open(
        kind=Incident.Kind.LEAKED,
        summary=SUMMARY.format(
            edge=one.edge,
            zh=words.zh if words else one.why,
            en=words.en if words else one.why,
            trunk=one.trunk or "?",
            source=one.source or "?",
            call=_sha256(one.call_id)[:16],
            count=one.count,
        ),
        data_kinds=DATA_KINDS,
        persons=1,
        noticed_at=now,
        actor=actor,
        now=now,
    )


def _permits(ids: Iterable[str]) -> dict[str, Permit]:
    wanted = {one for one in ids if _is_uuid(one)}
    found = Permit.objects.select_related("person").filter(pk__in=wanted) if wanted else []
    return {str(permit.pk): permit for permit in found}


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def _masked(permit: Permit | None) -> str:
    return "" if permit is None else permit.person.masked


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _entry(row: EdgeInvite, one: EdgeSeen, actor: str) -> audit.Entry:
    return audit.Entry(
        action="edge.refused" if row.why else "edge.relayed",
        obj=f"invite:{row.pk}" if row.permit_id is None else f"permit:{row.permit_id}",
        actor=actor,
        outcome="denied" if row.why else "ok",
        data={
            "edge": row.edge,
            "trunk": one.trunk,
            "permit": "" if row.permit_id is None else str(row.permit_id),
            "why": row.why,
            "source": row.source,
            "packets": one.count,
            "call_id_sha256": _sha256(one.call_id),
            "seen_at": one.at.isoformat(timespec="microseconds"),
            "incident": None if row.incident_id is None else row.incident_id,
        },
    )
