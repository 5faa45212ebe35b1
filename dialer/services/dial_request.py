"""A person's wish to dial one lead: it goes the way of every other call, through the gate."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from compliance.models import Decision, Permit
from dialer import streams
from dialer.models import Lead, SeatSession
from dialer.services.call_launch import Launch, call_launch

ORIGIN = "api"


class NoSuchLeadError(Exception):
    """The campaign has no such lead."""


class NoSeatReadyError(Exception):
    """No seat of the campaign is ready with its phone connected, and below its caps."""


class NoLineFreeError(Exception):
    """The campaign's trunk is down, silent or full."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DialAnswer:
    """What came of the wish."""

    what: Launch
    permit: Permit | None
    decision: Decision | None  # None if the gate was not reached
    seat: str  # code


def dial_request(*, campaign: str, lead_id: int, actor: str, now: datetime) -> DialAnswer:
    """Ask for a call to the lead from the seat that has been ready longest.

    The number comes from the lead's record; there is no way to state one.

    :raises NoSuchLeadError: if the campaign has no such lead
    :raises NoSeatReadyError: if nobody could take the call
    :raises NoLineFreeError: if no line could carry it
    """
    found = Lead.objects.select_related("campaign__filing__trunk")
    lead = found.filter(pk=lead_id, campaign__filing__code=campaign).first()
    if lead is None:
        raise NoSuchLeadError
    session = _ready_seat(lead, now)
    if session is None:
        raise NoSeatReadyError
    heartbeat = streams.heartbeat_of(lead.campaign.filing.trunk.code)
    if heartbeat is None or heartbeat.free_lines < 1:
        raise NoLineFreeError
    launched = call_launch(lead=lead, session=session, origin=ORIGIN, actor=actor, now=now)
    return DialAnswer(
        what=launched.what,
        permit=launched.permit,
        decision=_decision(lead, launched.what),
        seat=session.seat.code,
    )


def _ready_seat(lead: Lead, now: datetime) -> SeatSession | None:
    ready = SeatSession.objects.filter(
        Q(capped_until=None) | Q(capped_until__lte=now),
        campaign=lead.campaign,
        state=SeatSession.State.READY,
        previews=False,
        phone_up_at__isnull=False,
    )
    return ready.select_related("seat").order_by("since").first()


def _decision(lead: Lead, what: Launch) -> Decision | None:
    if what in (Launch.SEAT_TAKEN, Launch.LEAD_TAKEN):
        return None
    lead.refresh_from_db(fields=["last_decision"])
    return Decision.objects.get(pk=lead.last_decision) if lead.last_decision else None
