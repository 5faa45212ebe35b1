"""How a permit ends: nobody used it in time, or its call is over."""

import json
from datetime import datetime, timedelta

import pytest

from audit.models import AuditEntry
from compliance.models import Abandonment, NumberEvent, Permit
from compliance.services.permit_close import PermitNotUpError, permit_close
from compliance.services.permits_expire import permits_expire, permits_expire_for
from tests.compliance.gate.spending import spend
from tests.stages import staged
from tests.world import (
    MORNING,
    World,
    ask,
    callees,
    let_time_pass,
    permitted,
)

pytestmark = pytest.mark.django_db
OVER = MORNING + timedelta(seconds=10)


@staged
def two(world: World) -> tuple[Permit, Permit]:
    one, other = callees(world, 2)
    return permitted(world, one), permitted(world, other, seat=world.seats[1])


def states() -> dict[object, str]:
    return dict(Permit.objects.values_list("pk", "state"))


class TestExpiring:
    def test_begins_when_the_ten_seconds_are_over(self, permit: Permit) -> None:
        before = permits_expire(now=OVER - timedelta(microseconds=1))
        assert (before, states()) == (0, {permit.pk: "issued"})

        assert permits_expire(now=OVER) == 1

        assert states() == {permit.pk: "expired"}

    def test_is_told_of_each_permit_once(self, two: tuple[Permit, Permit]) -> None:
        assert permits_expire(now=OVER) == 2
        assert permits_expire(now=OVER) == 0

        entries = AuditEntry.objects.filter(action="permit.expired")
        assert {entry.object for entry in entries} == {f"permit:{one.pk}" for one in two}
        assert {json.loads(bytes(entry.body))["actor"] for entry in entries} == {"svc:gate"}

    def test_leaves_a_call_that_is_up(self, permit: Permit) -> None:
        spend(permit)

        assert permits_expire(now=OVER) == 0

        assert states() == {permit.pk: "redeemed"}

    @pytest.mark.parametrize("whose", ["person", "seat"])
    def test_for_one_call_takes_what_is_in_its_way_alone(
        self, two: tuple[Permit, Permit], whose: str
    ) -> None:
        mine, other = two
        person = mine.person_id if whose == "person" else 0
        seat = mine.seat_id if whose == "seat" else 0

        assert permits_expire_for(person_id=person, seat_id=seat, now=OVER) == 1

        assert states() == {mine.pk: "expired", other.pk: "issued"}

    def test_makes_room_for_the_next_call_of_the_seat(self, world: World) -> None:
        one, other = callees(world, 2)
        stale = permitted(world, one)
        let_time_pass(OVER)

        assert isinstance(ask(world, other), Permit)

        stale.refresh_from_db()
        assert stale.state == Permit.State.EXPIRED


class TestClosing:
    def close(self, permit: Permit, result: str, *, at: datetime = MORNING) -> None:
        permit_close(permit_id=permit.pk, result=result, talk_seconds=7, ended_at=at)

    def test_keeps_what_came_of_the_call(self, two: tuple[Permit, Permit]) -> None:
        mine, other = two
        spend(mine)
        spend(other)

        self.close(mine, "answered", at=OVER)

        mine.refresh_from_db()
        assert (mine.state, mine.result) == ("closed", "answered")
        assert (mine.talk_seconds, mine.ended_at) == (7, OVER)
        assert states()[other.pk] == "redeemed"
        assert not NumberEvent.objects.exists()
        assert not Abandonment.objects.exists()

    def test_needs_a_call_that_is_up(self, permit: Permit) -> None:
        with pytest.raises(PermitNotUpError):
            self.close(permit, "answered")
        spend(permit)
        self.close(permit, "answered")

        with pytest.raises(PermitNotUpError):
            self.close(permit, "busy")

        permit.refresh_from_db()
        assert permit.result == "answered"

    def test_keeps_that_the_number_is_nobodys(self, permit: Permit) -> None:
        spend(permit)
        let_time_pass(OVER)

        self.close(permit, "invalid_number", at=OVER)

        event = NumberEvent.objects.get()
        assert (event.person_id, event.kind) == (permit.person_id, NumberEvent.Kind.EMPTY)
        assert (event.at, event.recorded_at) == (OVER, OVER)
        assert event.source == f"permit:{permit.pk}"
        assert not Abandonment.objects.exists()

    def test_counts_a_call_that_found_no_agent(self, permit: Permit) -> None:
        spend(permit)

        self.close(permit, "abandoned", at=OVER)

        counted = Abandonment.objects.get()
        assert (counted.filing_id, counted.abandoned_day) == (permit.filing_id, 1)
        assert counted.measured_at == OVER
        assert not NumberEvent.objects.exists()
