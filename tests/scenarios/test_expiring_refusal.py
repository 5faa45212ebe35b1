"""EXPIRING-REFUSAL: a refusal lapses by itself after 120 hours, or 180 days.

Here it lasts until the person's own later consent and two people lift it; no run of the retention
rules takes it away, and a new yes alone does not either.
"""

from collections.abc import Callable
from datetime import timedelta

import pytest

from compliance import clock
from compliance.gate import PermitRefusal
from compliance.models import Refusal
from compliance.services.retention_run import retention_run
from dialer.models import Lead
from tests.scenarios.floor import Floor
from tests.world import ACTOR, MORNING, World, ask, callees, consent, freeze, refuse

AFTER_120_HOURS = timedelta(hours=121)  # a Monday morning
YEARS = [timedelta(days=181), timedelta(days=366), timedelta(days=10 * 366)]


class TestOldRefusal:
    def test_is_as_good_as_a_new_one(self, world: World, open_floor: Callable[..., Floor]) -> None:
        floor = open_floor()
        floor.start_line()
        refusing, willing = callees(world, 2)
        refuse(refusing, world.principal)
        (lead, _) = floor.leads(refusing, willing)

        freeze(MORNING + AFTER_120_HOURS)
        consent(world.filing, [refusing], given_at=MORNING + timedelta(hours=1))
        retention_run(dry_run=False, actor=ACTOR, now=clock.read())
        floor.work_off()
        Lead.objects.filter(pk=lead.pk).update(state=Lead.State.WAITING)
        floor.work_off()

        assert floor.invites_to(refusing) == 0
        assert floor.invites_to(willing) == 1
        assert floor.wire_equals_permits()

    @pytest.mark.parametrize("later", YEARS)
    def test_is_still_there_after(self, world: World, later: timedelta) -> None:
        (refusing,) = callees(world, 1)
        refuse(refusing, world.principal)

        freeze(MORNING + later)
        retention_run(dry_run=False, actor=ACTOR, now=clock.read())
        answer = ask(world, refusing)

        assert isinstance(answer, PermitRefusal)
        assert "CN13-REF-01" in answer.rules
        assert Refusal.objects.count() == 1
