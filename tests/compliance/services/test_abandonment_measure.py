"""CN13-DIA-06: an abandoned call counts itself in, and the campaign stops in that very commit."""

from datetime import timedelta

import pytest

from compliance.gate import PermitRefusal
from compliance.models import Abandonment, Epoch, Permit, Person
from compliance.redemption import redeem
from compliance.services.abandonment_measure import abandonments_sweep
from compliance.services.permit_close import permit_close
from tests.world import ACTOR, MORNING, World, ask, build_world, callees, freeze, permitted


@pytest.fixture
def world(transactional_db: None) -> World:
    return build_world(seats=3)


def call(world: World, person: Person, seat: int, result: str) -> None:
    permit = permitted(world, person, seat=world.seats[seat])
    redeem(permit_id=permit.pk, trunk_id=permit.trunk_id, actor=ACTOR, now=MORNING)
    permit_close(permit_id=permit.pk, result=result, talk_seconds=0, ended_at=MORNING)


class TestAbandonedCall:
    def test_stops_the_campaign_at_once(self, world: World) -> None:
        first, second, third = callees(world, 3)
        call(world, first, 0, "answered")
        call(world, second, 1, "abandoned")

        answer = ask(world, third, seat=world.seats[2])

        assert isinstance(answer, PermitRefusal)
        assert answer.rules == ("CN13-DIA-06",)
        assert Abandonment.objects.get().abandoned_day == 1

    def test_lets_nobody_spend_an_older_permit(self, world: World) -> None:
        first, second = callees(world, 2)
        waiting = permitted(world, first, seat=world.seats[2])

        call(world, second, 1, "abandoned")

        assert waiting.epoch != Epoch.objects.get().value

    def test_leaves_the_person_alone_for_72_hours(self, world: World) -> None:
        (person,) = callees(world, 1)
        call(world, person, 1, "abandoned")

        answer = ask(world, person, seat=world.seats[2])

        assert isinstance(answer, PermitRefusal)
        assert "CN13-DIA-07" in answer.rules

    def test_leaves_the_windows_one_after_the_other(self, world: World) -> None:
        (person,) = callees(world, 1)
        call(world, person, 1, "abandoned")

        figures = []
        for days in (0, 1, 30):
            abandonments_sweep(now=freeze(MORNING + timedelta(days=days)))
            count = Abandonment.objects.get()
            figures.append((count.abandoned_day, count.abandoned_month))

        assert figures == [(1, 1), (0, 1), (0, 0)]

    def test_moves_the_epoch_no_more_than_it_must(self, world: World) -> None:
        (person,) = callees(world, 1)
        call(world, person, 1, "abandoned")
        before = Epoch.objects.get().value

        abandonments_sweep(now=MORNING + timedelta(minutes=30))

        assert Epoch.objects.get().value == before
        assert Permit.objects.get().result == "abandoned"
