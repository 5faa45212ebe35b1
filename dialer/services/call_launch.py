"""Try to reach one lead from one ready seat: ask the gate, and hand a permit to its trunk."""

from datetime import datetime

from audit.uuid7 import uuid7
from compliance.gate import PermitRefusal, permit_request
from compliance.passport import passport_for
from dialer import streams
from dialer.models import Lead, SeatSession
from dialer.services.launch import Launch, Launched
from dialer.services.lead_stand_down import lead_stand_down

__all__ = ["Launch", "Launched", "call_launch", "call_launch_claimed"]

State = SeatSession.State


def call_launch(
    *, lead: Lead, session: SeatSession, origin: str, actor: str, now: datetime
) -> Launched:
    """Reserve the seat, claim the lead, ask the gate; the lead's next try is its `due_at`.

    A crash between the steps loses nothing: seats and leads that no open permit holds are set
    free again by the sweep, and the permit expires.
    """
    if not session.move(frm=State.READY, to=State.RESERVED, now=now):
        return Launched(what=Launch.SEAT_TAKEN, permit=None)
    if not lead.claim(now=now):
        session.move(frm=State.RESERVED, to=State.READY, now=now)
        return Launched(what=Launch.LEAD_TAKEN, permit=None)
    origin = origin if lead.attempts == 0 else "retry"
    return call_launch_claimed(lead=lead, session=session, origin=origin, actor=actor, now=now)


def call_launch_claimed(
    *, lead: Lead, session: SeatSession, origin: str, actor: str, now: datetime
) -> Launched:
    """Ask the gate for the lead that is claimed, from the seat that is reserved."""
    answer = permit_request(
        filing_id=lead.campaign.filing_id,
        person_id=lead.person_id,
        seat_id=session.seat_id,
        request=uuid7(now),
        origin=origin,
        actor=actor,
        now=now,
    )
    if isinstance(answer, PermitRefusal):
        session.move(frm=State.RESERVED, to=State.READY, now=now)
        what = lead_stand_down(refusal=answer, lead=lead, session=session, now=now)
        return Launched(what=what, permit=None)
    held = SeatSession.objects.filter(pk=session.pk, state=State.RESERVED)
    held.update(permit=answer)
    Lead.objects.filter(pk=lead.pk).update(last_decision=answer.decision_id)
    streams.send_permit(answer, identity=passport_for(answer.pk))
    return Launched(what=Launch.PERMITTED, permit=answer)
