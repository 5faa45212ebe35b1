"""Calls for tests: launched, opened and ended by the services that do it."""

from compliance import clock
from compliance.models import Person, Seat
from dialer.lines.base import Outcome
from dialer.models import Attempt, SeatSession
from dialer.services.call_end import CallEnd, call_end
from dialer.services.call_launch import call_launch
from dialer.services.call_open import call_open
from tests.phones import connected
from tests.recordings import opened_recording
from tests.world import ACTOR, World, add_lead, callee, log_on


def up(world: World, *, person: Person | None = None, seat: Seat | None = None) -> Attempt:
    """Return a call that has left."""
    seat, now = seat or world.seat, clock.read()
    log_on(world, seat)
    lead = add_lead(world, person or callee(world))
    session = SeatSession.objects.get(seat=seat)
    launched = call_launch(lead=lead, session=session, origin="progressive", actor=ACTOR, now=now)
    assert launched.permit is not None
    opened = call_open(
        permit_id=launched.permit.pk,
        trunk_id=world.trunk.pk,
        line_process="p",
        recording=opened_recording(),
        phone_is_up=connected,
        now=now,
    )
    return Attempt.objects.get(pk=opened.attempt_id)


def end(
    attempt: Attempt,
    outcome: Outcome,
    *,
    talk_seconds: int = 0,
    sip_code: int | None = None,
    q850: int | None = None,
) -> bool:
    """End the call as the line heard it."""
    ended = CallEnd(
        outcome=outcome,
        sip_code=sip_code,
        q850=q850,
        ended_by="callee",
        talk_seconds=talk_seconds,
    )
    return call_end(attempt_id=attempt.pk, end=ended, actor=ACTOR, now=clock.read())


def talked(world: World, *, person: Person | None = None, seat: Seat | None = None) -> Attempt:
    """Return a call that was talked through and is over."""
    attempt = up(world, person=person, seat=seat)
    end(attempt, Outcome.ANSWERED, talk_seconds=30)
    return attempt
