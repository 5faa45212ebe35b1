"""TZ-FROM-AREA-CODE: one local time is guessed from the number's prefix alone.

Here a prefix gives the places where the callee may be, and it has to be calling time in each of
them by the hours that people there keep: in Xinjiang two hours later, though clocks say the same.
"""

from collections.abc import Callable

from tests.scenarios.floor import Floor
from tests.scenarios.places import BEIJING, XINJIANG, person_at
from tests.world import World, beijing, freeze


class TestCalleeInTheFarWest:
    def test_is_not_called_before_the_day_begins_there(
        self, world: World, open_floor: Callable[..., Floor]
    ) -> None:
        floor = open_floor()
        floor.start_line()
        near, far = person_at(world, BEIJING), person_at(world, XINJIANG)
        both = person_at(world, "+8613810005678")
        both.provinces = ["CN-BJ", "CN-XJ"]  # a prefix that two provinces share
        both.save()
        floor.leads(near, far, both)

        freeze(beijing("2026-03-11 10:58"))
        floor.work_off()
        before = (floor.invites_to(near), floor.invites_to(far), floor.invites_to(both))
        freeze(beijing("2026-03-11 11:00"))
        floor.work_off()

        assert before == (1, 0, 0)
        assert (floor.invites_to(far), floor.invites_to(both)) == (1, 1)
        assert floor.wire_equals_permits()
