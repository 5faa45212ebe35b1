"""NO-ZONE-DEFAULT: a lead without a zone is assumed to be in the office's.

Here whoever may be anywhere is called only when it is calling time everywhere, and nobody can
be without any place.
"""

from collections.abc import Callable

import pytest
from django.db import IntegrityError

from compliance.models import Person
from tests.scenarios.floor import Floor
from tests.scenarios.places import BEIJING, NOBODY_KNOWS, person_at
from tests.world import World, beijing, freeze


class TestCalleeOfAnUnknownPlace:
    def test_is_not_taken_for_a_neighbour(
        self, world: World, open_floor: Callable[..., Floor]
    ) -> None:
        floor = open_floor()
        floor.start_line()
        near, anywhere = person_at(world, BEIJING), person_at(world, NOBODY_KNOWS)
        nowhere = person_at(world, "+8613810005678")
        assert anywhere.provinces == ["CN-*"]
        with pytest.raises(IntegrityError):
            Person.objects.filter(pk=nowhere.pk).update(provinces=[])
        floor.leads(near, anywhere)

        freeze(beijing("2026-03-11 10:58"))
        floor.work_off()
        before = (floor.invites_to(near), floor.invites_to(anywhere))
        freeze(beijing("2026-03-11 11:00"))
        floor.work_off()

        assert before == (1, 0)
        assert floor.invites_to(anywhere) == 1
        assert floor.wire_equals_permits()
