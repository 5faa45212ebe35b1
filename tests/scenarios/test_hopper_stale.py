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
        self, world: World, open_floor: Callable[..., Floor]
    ) -> None:
        floor = open_floor()
        refusing, withdrawing, willing = callees(world, 3)
        floor.leads(refusing, withdrawing, willing)
        floor.ready()
        floor.pretend_a_line()
        assert floor.tick() == 3  # three permits wait in the queue

        refuse(refusing, world.principal)
        consent_withdraw(consent=withdrawing.consents.get(), actor=ACTOR, now=MORNING)
        floor.start_line()
        floor.settle()

        assert floor.invites_to(willing) == 1  # the queue was dialled
        assert floor.invites_to(refusing) == 0
        assert floor.invites_to(withdrawing) == 0

    def test_is_not_dialled_after_ten_seconds(
        self, world: World, open_floor: Callable[..., Floor]
    ) -> None:
        floor = open_floor()
        late, prompt = callees(world, 2)
        floor.leads(late)
        floor.ready(world.seats[0])
        floor.pretend_a_line()
        assert floor.tick() == 1

        let_time_pass(MORNING + timedelta(seconds=10))
        floor.leads(prompt)
        floor.ready(world.seats[1])
        assert floor.tick() == 1
        floor.start_line()
        floor.rings(prompt)

        assert floor.invites_to(late) == 0
        assert Permit.objects.filter(person=late, redeemed_at__isnull=False).count() == 0
