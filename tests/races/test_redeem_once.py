"""A permit wanted by four consumers at once is spent exactly once."""

import pytest
from django.db import connection

from audit.models import AuditEntry
from compliance.models import Permit, Trunk
from tests.races.swarm import Swarm
from tests.world import MORNING, World, callees, make_seats, permitted

CONSUMERS = 4
COUNTS = [pytest.param(24), pytest.param(500, marks=[pytest.mark.long, pytest.mark.timeout(900)])]


def open_permits(world: World, count: int) -> list[Permit]:
    Trunk.objects.update(max_calls=5000)
    people, seats = callees(world, count), make_seats(count)
    return [permitted(world, one, seat=seat) for one, seat in zip(people, seats, strict=True)]


def times_spent(swarm: Swarm, permits: list[Permit], *, how: str) -> list[int]:
    """Have four consumers spend each permit, two permits at once."""
    commands = [
        {"do": how, "permit": str(permit.pk), "trunk": permit.trunk_id, "now": MORNING.isoformat()}
        for permit in permits
        for _ in range(CONSUMERS)
    ]
    spent = [answer.get("spent", False) for answer in swarm.share(commands)]
    return [sum(spent[start : start + CONSUMERS]) for start in range(0, len(spent), CONSUMERS)]


class TestPermit:
    @pytest.mark.parametrize("count", COUNTS)
    def test_is_spent_exactly_once(self, world: World, swarm: Swarm, count: int) -> None:
        permits = open_permits(world, count)

        assert times_spent(swarm, permits, how="redeem") == [1] * count
        assert Permit.objects.filter(state="redeemed").count() == count
        assert AuditEntry.objects.filter(action="permit.redeemed").count() == count

    def test_is_spent_once_even_by_a_naive_consumer_as_the_database_is_referee(
        self, world: World, swarm: Swarm
    ) -> None:
        permits = open_permits(world, 10)

        assert max(times_spent(swarm, permits, how="redeem_naively")) == 1

    @pytest.mark.long
    def test_is_spent_twice_by_a_twin_that_reads_and_then_writes(
        self, world: World, swarm: Swarm
    ) -> None:
        permits = open_permits(world, 24)

        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE compliance_permit DISABLE TRIGGER permit_change")
            try:
                spent = times_spent(swarm, permits, how="redeem_naively")
            finally:
                cursor.execute("ALTER TABLE compliance_permit ENABLE TRIGGER permit_change")

        assert max(spent) > 1
