"""The database as referee: its clock, and the epoch that no permit outlives."""

import pytest
from django.db import IntegrityError, connection, transaction

from compliance.models import (
    DemoClock,
    Epoch,
    KillSwitch,
    Trunk,
)
from compliance.services.kill_switch import kill_switch_engage
from tests.compliance.gate.attacker import change, sql
from tests.compliance.gate.referee import forbidden
from tests.world import (
    ACTOR,
    MORNING,
    World,
    make_trunk,
)

pytestmark = pytest.mark.django_db


class TestDemoClock:
    def test_refuses_to_stand_beside_a_carrier_trunk(self, world: World) -> None:
        with pytest.raises(IntegrityError, match="demo clock"), transaction.atomic():
            make_trunk(world.operator, code="carrier", kind="carrier")

        assert Trunk.objects.count() == 1

    def test_refuses_to_be_stated_where_a_carrier_trunk_is(self, world: World) -> None:
        sql("DELETE FROM compliance_democlock")
        make_trunk(world.operator, code="carrier", kind="carrier")

        with pytest.raises(IntegrityError, match="demo clock"), transaction.atomic():
            DemoClock.objects.create(base_at=MORNING, started_at=MORNING, running=False)

        assert not DemoClock.objects.exists()

    def test_is_one(self, world: World) -> None:
        forbidden(
            "INSERT INTO compliance_democlock (sole, base_at, started_at, running, set_by)"
            " VALUES (false, now(), now(), true, 'x')",
            match="democlock_is_one",
        )


class TestEpoch:
    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE compliance_operator SET regime = regime",
            "UPDATE compliance_licence SET area = area",
            "DELETE FROM compliance_licence",
            "UPDATE compliance_mandate SET contract_number = contract_number",
            "UPDATE compliance_trunk SET active = false",
            "UPDATE compliance_callernumber SET callout_opened = false",
            "DELETE FROM compliance_callernumber_trunks",
            "UPDATE compliance_campaignfiling SET state = 'paused'",
            "UPDATE compliance_seat SET active = false",
            "UPDATE compliance_democlock SET running = true",
        ],
    )
    def test_goes_up_with_every_change_of_what_permits_were_judged_on(
        self, world: World, statement: str
    ) -> None:
        before = Epoch.objects.get().value

        sql(statement)

        assert Epoch.objects.get().value > before

    @pytest.mark.parametrize(
        "statement",
        [
            change("epoch", "value = value - 1"),
            change("epoch", "value = value"),
            change("epoch", "value = value + 1000000"),
            "DELETE FROM compliance_epoch",
            "TRUNCATE compliance_epoch",
        ],
    )
    def test_never_comes_back_and_is_not_taken_ahead(self, world: World, statement: str) -> None:
        forbidden(statement, match="never comes back|append-only")

    def test_goes_up_with_the_kill_switch(self, world: World) -> None:
        before = Epoch.objects.get().value

        kill_switch_engage(scope="platform", target="", reason="x", actor=ACTOR, now=MORNING)

        assert KillSwitch.objects.count() == 1
        assert Epoch.objects.get().value > before


def test_the_clock_of_the_database_is_the_stated_one(world: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT compliance_now()")

        assert cursor.fetchone()[0] == MORNING
