"""Take the line's own count over into the database, with an entry of the trail for each call."""

import hashlib
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from audit import record as audit
from compliance.models import Permit, Person, Trunk
from compliance.numbers import NumberProblem, mask, normalise
from compliance.services.person_for_number import people_for_numbers
from dialer.lines.base import InviteSent
from dialer.models import LineInvite


@dataclass(frozen=True, slots=True, kw_only=True)
class InviteNoted:
    """One call's first INVITE, as the line wrote it down before it left."""

    id: UUID
    at: datetime  # by the host's clock, whatever is stated
    sent: InviteSent


@transaction.atomic(durable=True)
def invites_note(*, trunk: Trunk, noted: Sequence[InviteNoted], actor: str, now: datetime) -> int:
    """Write down the INVITEs that left and are not written down yet. Return how many those were.

    Only the trunk's owner calls it, so that a line of the journal comes once at a time.
    """
    known = set(
        LineInvite.objects.filter(pk__in=[one.id for one in noted]).values_list("pk", flat=True)
    )
    fresh = [one for one in noted if one.id not in known and not one.sent.refused]
    permits = _permits(one.sent.permit_id for one in fresh)
    people = _people((one.sent.callee for one in fresh), now)
    rows = [
        LineInvite(
            id=one.id,
            trunk=trunk,
            permit=permits.get(one.sent.permit_id),
            person=people.get(one.sent.callee),
            masked=mask(one.sent.callee)[:32],
            caller=one.sent.caller[:32],
            disguised=one.sent.disguised,
            call_id=one.sent.call_id[:255],
            sent_at=one.at,
            noted_at=now,
        )
        for one in fresh
    ]
    LineInvite.objects.bulk_create(rows)
    entries = [_entry(one, row, actor) for one, row in zip(fresh, rows, strict=True)]
    audit.record_many(entries, now=now)
    return len(rows)


def _permits(ids: Iterable[str]) -> dict[str, Permit]:
    wanted = {one for one in ids if _is_uuid(one)}
    found = Permit.objects.select_related("person").filter(pk__in=wanted)
    return {str(permit.pk): permit for permit in found}


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def _people(numbers: Iterable[str], now: datetime) -> dict[str, Person]:
    """Return the people behind the numbers as they were written; some are no numbers."""
    known = {}
    for text in set(numbers):
        with suppress(NumberProblem):
            known[text] = normalise(text)
    people = people_for_numbers(numbers=known.values(), now=now)
    return {text: people[number.e164] for text, number in known.items()}


def _entry(one: InviteNoted, row: LineInvite, actor: str) -> audit.Entry:
    """Return the entry: the numbers as commitments, which a call record can be held against."""
    owner = f"invite:{row.pk}" if row.person_id is None else f"person:{row.person_id}"
    return audit.Entry(
        action="line.invited",
        obj=f"invite:{row.pk}" if row.permit_id is None else f"permit:{row.permit_id}",
        actor=actor,
        data={
            "trunk": row.trunk.code,
            "permit": "" if row.permit_id is None else str(row.permit_id),
            "call_id_sha256": hashlib.sha256(one.sent.call_id.encode()).hexdigest(),
            "sent_at": one.at.isoformat(timespec="microseconds"),
            "disguised": row.disguised,
        },
        pii={"callee": one.sent.callee, "caller": one.sent.caller},
        subject=owner,
    )
