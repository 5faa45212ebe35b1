"""Put on the record that a call which a killed process left behind has been ended on the wire."""

import hashlib
from datetime import datetime

from django.db import transaction

from audit import record as audit
from dialer.lines.open_dialog import OrphanEnded
from dialer.models import Attempt

GONE = 481  # RFC 3261: the carrier knows of no such call any more
HEARD = 200


@transaction.atomic
def orphan_record(*, trunk_id: int, ended: OrphanEnded, actor: str, now: datetime) -> None:
    """Record who was hung up, how, and what the carrier said; the attempt is lost already."""
    attempt = _attempt(ended.dialog.permit_id)
    audit.record(
        "call.orphan_ended",
        obj=f"trunk:{trunk_id}" if attempt is None else f"attempt:{attempt.pk}",
        actor=actor,
        now=now,
        outcome="ok" if ended.code in {HEARD, GONE} else "error",
        data={
            "permit": ended.dialog.permit_id,
            "by": ended.how,
            "sip_code": ended.code,
            "had_answered": ended.dialog.answered,
            "call_id_sha256": hashlib.sha256(ended.dialog.call_id.encode()).hexdigest(),
        },
    )


def _attempt(permit_id: str) -> Attempt | None:
    return Attempt.objects.filter(permit_id=permit_id).first() if permit_id else None
