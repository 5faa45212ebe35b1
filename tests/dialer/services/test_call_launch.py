"""What becomes of a lead when the gate refuses."""

from datetime import datetime, timedelta

from compliance.models import Person
from dialer.models import Lead, SeatSession
from dialer.services.call_launch import Launch, call_launch
from tests.world import ACTOR, MORNING, World, add_lead, callee, freeze, log_on, permitted, refuse

STALE = timedelta(seconds=3)  # beyond what CN13-TIM-11 lets a clock be wrong


def launch(world: World, person: Person, *, now: datetime) -> tuple[Launch, Lead]:
    log_on(world, world.seat)
    lead = add_lead(world, person)
    session = SeatSession.objects.get(seat=world.seat)

    launched = call_launch(lead=lead, session=session, origin="progressive", actor=ACTOR, now=now)

    lead.refresh_from_db()
    return launched.what, lead


class TestCallLaunch:
    def test_keeps_who_has_only_to_wait_when_something_else_is_wrong_as_well(
        self, world: World
    ) -> None:
        person = callee(world)
        permitted(world, person)
        now = freeze(MORNING + timedelta(minutes=1))  # too soon after the first permit

        what, lead = launch(world, person, now=now - STALE)

        assert what is Launch.LEAD_DEFERRED
        assert lead.state == Lead.State.WAITING
        assert lead.due_at > now

    def test_gives_up_who_refused_whatever_else_is_wrong(self, world: World) -> None:
        person = callee(world)
        refuse(person, world.principal)

        what, lead = launch(world, person, now=freeze(MORNING) - STALE)

        assert what is Launch.LEAD_BLOCKED
        assert lead.state == Lead.State.BLOCKED
