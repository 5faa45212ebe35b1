"""The last step before the INVITE: spend the permit and open the call record, in one commit."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from compliance.redemption import PermitUnusableError, SpentPermit, redeem
from dialer.models import Attempt, Campaign, Lead, Recording, SeatSession
from dialer.recording.handover import OpenedRecording


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedCall:
    """A call that may leave now."""

    attempt_id: int
    spent: SpentPermit
    ring_seconds: int
    max_talk_seconds: int


class SeatPhoneDownError(Exception):
    """The seat's phone is not connected: nobody could talk to whoever answers."""


@transaction.atomic(durable=True)
def call_open(
    *,
    permit_id: UUID,
    trunk_id: int,
    line_process: str,
    recording: OpenedRecording,
    phone_is_up: Callable[[int], bool],
    now: datetime,
) -> OpenedCall:
    """Spend the permit if its seat still waits for this call, phone and recording being ready.

    Only if this returns, and so has committed, may an INVITE be sent; any exception is no call.

    :param phone_is_up: whether the caller holds a connection to the phone of that seat
    :raises PermitUnusableError: if the permit or the seat's reservation is gone
    :raises SeatPhoneDownError: if the seat's phone is not connected; the permit is not spent
    """
    held = SeatSession.objects.select_for_update().filter(
        permit_id=permit_id, state=SeatSession.State.RESERVED
    )
    session = held.first()
    if session is None:
        raise PermitUnusableError(f"No seat waits for permit {permit_id} any more.")
    if not phone_is_up(session.seat_id):
        raise SeatPhoneDownError(f"The phone of seat {session.seat_id} is not connected.")
    actor = f"svc:line:{line_process}"
    spent = redeem(permit_id=permit_id, trunk_id=trunk_id, actor=actor, now=now)
    campaign = Campaign.objects.get(filing_id=spent.filing_id)
    lead = Lead.objects.get(campaign=campaign, person_id=spent.person_id)
    attempt = Attempt.objects.create(
        permit_id=permit_id, lead=lead, line_process=line_process, started_at=now
    )
    Recording.objects.create(
        id=recording.id, attempt=attempt, key_id=recording.key_id, started_at=now
    )
    return OpenedCall(
        attempt_id=attempt.pk,
        spent=spent,
        ring_seconds=campaign.ring_seconds,
        max_talk_seconds=campaign.max_talk_seconds,
    )
