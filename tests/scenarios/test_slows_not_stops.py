"""SLOWS-NOT-STOPS: above the abandonment limit the dialer only slows down.

Here a campaign above the ceiling places no call at all; there is no slower pace to fall back to.
"""

from collections.abc import Callable

from compliance.redemption import redeem
from compliance.services.permit_close import permit_close
from dialer.models import Lead
from tests.scenarios.floor import Floor
from tests.world import ACTOR, MORNING, World, callees, permitted


def abandon(world: World) -> None:
    """Let one person pick up and find nobody there."""
    (person,) = callees(world, 1, first=50)
    permit = permitted(world, person, seat=world.seats[5])
    redeem(permit_id=permit.pk, trunk_id=permit.trunk_id, actor=ACTOR, now=MORNING)
    permit_close(permit_id=permit.pk, result="abandoned", talk_seconds=0, ended_at=MORNING)


class TestCampaignAboveTheCeiling:
    def test_rings_nobody_however_often_it_is_ticked(
        self, world: World, open_floor: Callable[..., Floor]
    ) -> None:
        floor = open_floor()
        floor.start_line()
        floor.leads(*callees(world, 5))
        abandon(world)

        for _ in range(10):
            floor.ready(*world.seats[:5])
            assert floor.tick() == 0
        floor.settle()

        assert sum(floor.invites().values()) == 0
        assert Lead.objects.filter(state=Lead.State.WAITING).count() == 5

    def test_would_have_rung_them_all_below_it(
        self, world: World, open_floor: Callable[..., Floor]
    ) -> None:
        floor = open_floor()
        floor.start_line()
        floor.leads(*callees(world, 5))

        floor.work_off()

        assert sum(floor.invites().values()) == 5
