"""The one door, end to end through the database: what has to wait, and until when."""

from datetime import timedelta

import pytest

from compliance.gate import PermitRefusal
from compliance.models import (
    Permit,
    Person,
    Trunk,
)
from compliance.rulebook.decision import Verdict
from tests.compliance.gate.answers import close, refused_by
from tests.world import (
    MORNING,
    World,
    ask,
    beijing,
    callee,
    callees,
    consent,
    freeze,
    let_time_pass,
    permitted,
)

pytestmark = pytest.mark.django_db


class TestDeferral:
    @pytest.mark.parametrize(
        ("local", "opens"),
        [
            ("2026-03-11 07:59", "2026-03-11 09:00"),
            ("2026-03-11 12:00", "2026-03-11 14:00"),
            ("2026-03-11 20:30", "2026-03-12 09:00"),
            ("2026-03-13 21:00", "2026-03-16 09:00"),  # Friday evening
            ("2026-03-14 10:00", "2026-03-16 09:00"),  # Saturday
            ("2026-05-01 10:00", "2026-05-06 09:00"),  # Labour Day
        ],
    )
    def test_outside_hours_says_when_they_open(
        self, world: World, person: Person, local: str, opens: str
    ) -> None:
        consent(world.filing, [person], given_at=beijing("2026-02-01 10:00"))
        freeze(beijing(local))

        answer = ask(world, person)

        assert isinstance(answer, PermitRefusal)
        assert answer.verdict is Verdict.DEFER
        assert answer.retry_at == beijing(opens)

    def test_keeps_a_second_permit_from_a_person_with_an_open_one(
        self, world: World, person: Person
    ) -> None:
        permitted(world, person)

        answer = ask(world, person, seat=world.seats[1])

        assert "CN13-FRQ-08" in refused_by(answer, Verdict.DEFER)

    def test_keeps_a_second_permit_from_a_seat_with_an_open_one(self, world: World) -> None:
        permitted(world, callee(world))

        answer = ask(world, callee(world, place=1))

        assert refused_by(answer, Verdict.DEFER) == {"CN13-DIA-01"}

    def test_counts_a_permit_that_expired_unused(self, world: World, person: Person) -> None:
        permitted(world, person)
        let_time_pass(MORNING + timedelta(hours=4, minutes=30))
        permitted(world, person)  # two in 24 hours is the cap
        let_time_pass(beijing("2026-03-11 18:59"))

        assert "CN13-FRQ-01" in refused_by(ask(world, person), Verdict.DEFER)

    def test_stops_a_seat_at_its_hourly_cap(self, world: World) -> None:
        *called, one_more = callees(world, 26)
        for place, person in enumerate(called):
            let_time_pass(MORNING + timedelta(seconds=place))  # each call has its own press
            close(permitted(world, person))
        let_time_pass(MORNING + timedelta(seconds=25))

        answer = ask(world, one_more)

        assert refused_by(answer, Verdict.DEFER) == {"CN13-DIA-03"}

    def test_stops_a_full_trunk(self, world: World) -> None:
        Trunk.objects.update(max_calls=1)
        permitted(world, callee(world))

        answer = ask(world, callee(world, place=1), seat=world.seats[1])

        assert refused_by(answer, Verdict.DEFER) == {"CN13-DIA-04"}

    def test_rests_a_month_after_three_unanswered_calls_in_a_month(
        self, world: World, person: Person
    ) -> None:
        for local in ("2026-03-11 10:00", "2026-03-25 10:00", "2026-04-09 10:00"):
            freeze(beijing(local))
            close(permitted(world, person))

        # 29 days after the last call, 31 and more after the others: the run still counts.
        freeze(beijing("2026-05-08 10:00"))
        answer = ask(world, person)

        assert "CN13-FRQ-05" in refused_by(answer, Verdict.DEFER)

    def test_is_lifted_by_time_alone(self, world: World, person: Person) -> None:
        close(permitted(world, person))
        assert "CN13-FRQ-03" in refused_by(ask(world, person), Verdict.DEFER)

        let_time_pass(MORNING + timedelta(hours=4))

        assert isinstance(ask(world, person), Permit)
