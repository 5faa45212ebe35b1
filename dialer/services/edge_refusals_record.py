"""Take over the INVITEs that the line process's own edge has kept back; each is an incident."""

from collections.abc import Sequence
from datetime import datetime

from compliance.models import Trunk
from compliance.numbers import mask
from dialer.services.edge_note import EdgeSeen, edge_note
from dialer.services.invites_note import InviteNoted

EDGE = "line"


def edge_refusals_record(
    *, trunk: Trunk, noted: Sequence[InviteNoted], actor: str, now: datetime
) -> int:
    """Open an incident for each INVITE that did not leave. Return how many were new."""
    seen = [
        EdgeSeen(
            id=one.id,
            edge=EDGE,
            at=one.at,
            trunk=trunk.code,
            permit=one.sent.permit_id,
            call_id=one.sent.call_id,
            why=one.sent.refused,
            masked=mask(one.sent.callee),
        )
        for one in noted
        if one.sent.refused
    ]
    return edge_note(seen=seen, actor=actor, now=now) if seen else 0
