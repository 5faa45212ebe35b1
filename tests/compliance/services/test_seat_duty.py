"""CN13-DIA-02: the seat_duty service tells the gate of presses and breaks."""

from datetime import datetime, timedelta

import pytest

from audit.uuid7 import uuid7
from compliance.gate import PermitRefusal, permit_request
from compliance.models import Permit, Person, SeatDuty
from compliance.redemption import redeem
from compliance.services.permit_close import permit_close
from compliance.services.seat_duty import seat_pressed_ready
from tests.world import ACTOR, MORNING, World, ask, build_world, callees, let_time_pass, permitted

MINUTE = timedelta(minutes=1)


@pytest.fixture
def world(transactional_db: None) -> World:
    return build_world()


def call(world: World, person: Person, *, at: datetime, result: str = "no_answer") -> None:
    """Have the seat call somebody, who does not answer."""
    let_time_pass(at)
    permit = permitted(world, person)
    redeem(permit_id=permit.pk, trunk_id=permit.trunk_id, actor=ACTOR, now=at)
    permit_close(permit_id=permit.pk, result=result, talk_seconds=9, ended_at=at)


def on_duty_since(world: World) -> datetime:
    return SeatDuty.objects.get(pk=world.seat.pk).on_duty_since


class TestPress:
    def test_has_one_call_even_if_nobody_answers(self, world: World) -> None:
        first, second = callees(world, 2)
        call(world, first, at=MORNING)
        before = Permit.objects.count()

        SeatDuty.objects.update(ready_at=MORNING)  # the old press stands
        later = MORNING + 5 * MINUTE
        let_time_pass(later)
        answer = permit_request(
            filing_id=world.campaign.filing_id,
            person_id=second.pk,
            seat_id=world.seat.pk,
            request=uuid7(later),
            origin="progressive",
            actor=ACTOR,
            now=later,
        )

        assert isinstance(answer, PermitRefusal)
        assert answer.rules == ("CN13-DIA-02",)
        assert Permit.objects.count() == before

    def test_lets_the_next_call_go(self, world: World) -> None:
        first, second = callees(world, 2)
        call(world, first, at=MORNING, result="answered")

        later = MORNING + timedelta(seconds=19)
        let_time_pass(later)
        too_soon = ask(world, second)
        let_time_pass(later + timedelta(seconds=1))

        assert isinstance(too_soon, PermitRefusal)
        assert too_soon.retry_at == later + timedelta(seconds=1)
        assert isinstance(ask(world, second), Permit)

    @pytest.mark.parametrize(("minutes", "rested"), [(9, False), (10, True)])
    def test_after_ten_quiet_minutes_begins_the_work_anew(
        self,
        world: World,
        minutes: int,
        rested: bool,  # noqa: FBT001
    ) -> None:
        began = on_duty_since(world)
        pressed = began + minutes * MINUTE

        seat_pressed_ready(seat_id=world.seat.pk, now=pressed)

        assert on_duty_since(world) == (pressed if rested else began)

    @pytest.mark.parametrize(
        ("waited", "after", "since"), [(5, 5, None), (10, 5, 10), (5, 10, 15)]
    )
    def test_knows_a_break_before_and_after_its_call(
        self, world: World, waited: int, after: int, since: int | None
    ) -> None:
        began = on_duty_since(world)
        (person,) = callees(world, 1)
        call(world, person, at=began + waited * MINUTE)

        seat_pressed_ready(seat_id=world.seat.pk, now=began + (waited + after) * MINUTE)

        expected = began if since is None else began + since * MINUTE
        assert on_duty_since(world) == expected
