"""CN13-CMP-01: a complaint ends the calls that are up and keeps every other from leaving."""

import time
from collections.abc import Callable

from compliance import clock
from compliance.numbers import normalise
from compliance.services.complaint_open import Intake, complaint_open
from dialer.models import Attempt, SeatSession
from dialer.services.call_launch import Launch, call_launch
from tests.scenarios.floor import Floor, until
from tests.world import ACTOR, MORNING, World, callees, number_at

WAITS = {"behaviour": "answer_wait", "ring_seconds": 0.05}
FLOOR_SECONDS = 60  # the catalogue's; ours is to be far below


def complain(place: int) -> None:
    complaint_open(
        number=normalise(number_at(place)),
        intake=Intake(channel="12321"),
        actor=ACTOR,
        now=clock.read(),
    )


class TestComplaint:
    def test_ends_the_call_that_is_up_and_lets_no_other_leave(
        self, world: World, open_floor: Callable[..., Floor]
    ) -> None:
        floor = open_floor({0: WAITS, 1: WAITS})
        floor.start_line()
        complaining, other, waiting = callees(world, 3)
        up, also_up, _ = floor.leads(complaining, other, waiting)
        for lead in (up, also_up):
            floor.ready()
            session = SeatSession.objects.filter(state="ready").order_by("seat_id")[0]
            launched = call_launch(
                lead=lead, session=session, origin="progressive", actor=ACTOR, now=MORNING
            )
            assert launched.what is Launch.PERMITTED
        until(lambda: Attempt.objects.filter(answered_at__isnull=False).count() == 2)

        began = time.monotonic()
        complain(0)
        complain(2)  # of whom nobody knows anything but that they are on a list
        ended = Attempt.objects.filter(lead__person=complaining, ended_at__isnull=False)
        until(ended.exists)
        took = time.monotonic() - began

        assert took < FLOOR_SECONDS / 10
        assert ended.get().ended_by == "us"
        assert not Attempt.objects.filter(lead__person=other, ended_at__isnull=False).exists()
        floor.ready()
        floor.tick()
        complain(1)
        floor.settle()
        assert floor.invites_to(waiting) == 0
        assert floor.invites_to(complaining) == 1
        assert floor.wire_equals_permits()
