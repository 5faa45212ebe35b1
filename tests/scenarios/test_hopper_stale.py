"""HOPPER-STALE: a queue filled with checked leads is dialled after the check has gone stale.

In the peer, do-not-call, hours and caps are looked at when a hopper is filled, once a minute.
"""

from collections.abc import Callable
from datetime import timedelta

from compliance.models import Permit
from compliance.services.consent_withdraw import consent_withdraw
from tests.scenarios.floor import Floor
from tests.world import ACTOR, MORNING, World, callees, let_time_pass, refuse


class TestQueuedPermit:
    def test_is_not_dialled_after_a_refusal_or_a_withdrawal(
        self, world: World, floor: Callable[..., Floor]
    ) -> None:
        open_floor = floor()
        refusing, withdrawing, willing = callees(world, 3)
        open_floor.leads(refusing, withdrawing, willing)
        open_floor.ready()
        open_floor.pretend_a_line()
        assert open_floor.tick() == 3  # three permits wait in the queue

        refuse(refusing, world.principal)
        consent_withdraw(consent=withdrawing.consents.get(), actor=ACTOR, now=MORNING)
        open_floor.start_line()
        open_floor.settle()

        assert open_floor.invites_to(willing) == 1  # the queue was dialled
        assert open_floor.invites_to(refusing) == 0
        assert open_floor.invites_to(withdrawing) == 0

    def test_is_not_dialled_after_ten_seconds(
        self, world: World, floor: Callable[..., Floor]
    ) -> None:
        open_floor = floor()
        late, prompt = callees(world, 2)
        open_floor.leads(late)
        open_floor.ready(world.seats[0])
        open_floor.pretend_a_line()
        assert open_floor.tick() == 1

        let_time_pass(MORNING + timedelta(seconds=10))
        open_floor.leads(prompt)
        open_floor.ready(world.seats[1])
        assert open_floor.tick() == 1
        open_floor.start_line()
        open_floor.rings(prompt)

        assert open_floor.invites_to(late) == 0
        assert Permit.objects.filter(person=late, redeemed_at__isnull=False).count() == 0

