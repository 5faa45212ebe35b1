"""The agent who has seen the person asks for the call: the gate decides now, not with the card."""

from dataclasses import dataclass
from datetime import datetime

import redis

from compliance.models import Decision, Permit, Seat
from dialer import streams
from dialer.models import Lead, Preview, SeatSession
from dialer.models.preview import LEAST_LOOK
from dialer.services.call_launch import Launch, call_launch_claimed
from dialer.services.dial_request import NoLineFreeError
from dialer.services.preview_end import preview_end
from dialer.services.seat_press import SeatBusyError

ORIGIN = "preview"
State = SeatSession.State


class NoPreviewError(Exception):
    """The seat looks at nobody, or its time is over."""


class TooSoonError(Exception):
    """Nobody can have read the card yet."""


class NoPhoneError(Exception):
    """The seat's phone is not connected: the call could not leave."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewAnswer:
    """What the gate made of the press."""

    what: Launch
    permit: Permit | None
    decision: Decision


def preview_call(*, seat: Seat, actor: str, now: datetime) -> PreviewAnswer:
    """Ask the gate for a call to the person on the seat's card.

    :raises NoPreviewError: if there is no card
    :raises TooSoonError: if it has been up for less than five seconds (CN13-DIA-13)
    :raises NoPhoneError: if the seat's phone is not connected
    :raises NoLineFreeError: if no line could carry the call
    :raises SeatBusyError: if the seat is not ready
    """
    preview = _card(seat, now)
    session = SeatSession.objects.get(seat=seat)
    if session.phone_up_at is None:
        raise NoPhoneError(f"The phone of seat {seat.code} is not connected.")
    _expect_line(preview.lead)
    if not session.move(frm=State.READY, to=State.RESERVED, now=now):
        raise SeatBusyError(f"Seat {seat.code} is not ready.")
    if not preview_end(preview=preview, end=Preview.End.CALLED, actor=actor, now=now):
        session.move(frm=State.RESERVED, to=State.READY, now=now)
        raise NoPreviewError(f"The card of seat {seat.code} was closed at this moment.")
    launched = call_launch_claimed(
        lead=preview.lead, session=session, origin=ORIGIN, actor=actor, now=now
    )
    preview.lead.refresh_from_db(fields=["last_decision"])
    decision = _decided(preview.lead)
    Preview.objects.filter(pk=preview.pk).update(decision=decision.pk)
    return PreviewAnswer(what=launched.what, permit=launched.permit, decision=decision)


def _card(seat: Seat, now: datetime) -> Preview:
    found = Preview.objects.open().filter(seat=seat, until__gt=now)
    preview = found.select_related("lead__campaign__filing__trunk").first()
    if preview is None:
        raise NoPreviewError(f"Seat {seat.code} looks at nobody.")
    if now - preview.shown_at < LEAST_LOOK:
        raise TooSoonError(f"The card of seat {seat.code} has just come up.")
    return preview


def _decided(lead: Lead) -> Decision:
    assert lead.last_decision is not None  # noqa: S101 - asking the gate has set it
    return Decision.objects.get(pk=lead.last_decision)


def _expect_line(lead: Lead) -> None:
    try:
        heartbeat = streams.heartbeat_of(lead.campaign.filing.trunk.code)
    except redis.RedisError as error:
        raise NoLineFreeError from error
    if heartbeat is None or heartbeat.free_lines < 1:
        raise NoLineFreeError
