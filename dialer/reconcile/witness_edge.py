"""The production edge as a witness: the calls that it relayed, by its own log.

It knows permits and Call-IDs, and no numbers: those are the permit's, with which it has compared
the INVITE. It has seen the trunks behind it and no others.
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from compliance.models import Permit
from compliance.services.person_for_number import number_of
from dialer.edge.log import seen as seen_at_edge
from dialer.models import EdgeInvite, TrunkEndpoint
from dialer.reconcile.comparison import Span
from dialer.reconcile.matching import Seen
from dialer.reconcile.spelling import same_number
from dialer.reconcile.witness_csv import UNREADABLE, Witness, WitnessError, file_bytes
from dialer.services.edge_note import EdgeSeen

KIND = "edge"


def edge_witness(span: Span) -> Witness | None:
    """Return what the edges' logs, taken over, say of the span; None: no trunk is behind one."""
    covered = _covered()
    if not covered:
        return None
    rows = EdgeInvite.objects.filter(why="", seen_at__gte=span.since, seen_at__lt=span.until)
    found = rows.select_related("permit__person", "permit__caller_number", "trunk").order_by("pk")
    digest = hashlib.sha256()
    calls = []
    for row in found.iterator():
        digest.update(row.pk.bytes)
        code = row.trunk.code if row.trunk else ""
        calls.append(_seen(row.seen_at, row.call_id, code, row.permit))
    return Witness(kind=KIND, sha256=digest.hexdigest(), seen=tuple(calls), covers=covered)


def read_edge_log(path: Path) -> Witness:
    """Read what `redis-cli --json XRANGE yunhu:edge:log - +` has written on the edge's machine.

    :raises WitnessError: if it is not that
    """
    data = file_bytes(path)
    try:
        lines = [
            (str(place), dict(zip(fields[::2], fields[1::2], strict=True)))
            for place, fields in json.loads(data)
        ]
        relayed = [one for one in seen_at_edge(KIND, lines) if not one.why]
    except (ValueError, TypeError, AttributeError) as error:
        raise WitnessError(UNREADABLE.filled(file=path.name, why=error)) from error
    sha256 = hashlib.sha256(data).hexdigest()
    return Witness(kind=KIND, sha256=sha256, seen=tuple(_calls(relayed)), covers=_covered())


def _calls(relayed: Iterable[EdgeSeen]) -> Iterable[Seen]:
    relayed = list(relayed)
    rows = Permit.objects.select_related("person", "caller_number")
    permits = {str(one.pk): one for one in rows.filter(pk__in=_ids(relayed))}
    for one in relayed:
        yield _seen(one.at, one.call_id, one.trunk, permits.get(one.permit))


def _ids(relayed: Iterable[EdgeSeen]) -> list[str]:
    return [one.permit for one in relayed if one.permit]


def _covered() -> frozenset[str]:
    behind = TrunkEndpoint.objects.exclude(edge_host="")
    return frozenset(behind.values_list("trunk__code", flat=True))


def _seen(at: datetime, call_id: str, trunk: str, permit: Permit | None) -> Seen:
    """Return a call with the numbers of its permit; one of no permit matches nothing."""
    return Seen(
        at=at,
        call_id=call_id,
        trunk=trunk,
        callee="" if permit is None else number_of(permit.person),
        caller="" if permit is None else same_number(permit.caller_number.number),
    )
