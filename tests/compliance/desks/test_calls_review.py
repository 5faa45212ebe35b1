"""CN13-NUM-13: a day's records with short rings or calls in a row suspend the campaign."""

from datetime import datetime, timedelta

import pytest
from django.db import connection

from compliance.models import Permit, Person, Refusal, Suspension
from dialer.models import Attempt
from dialer.services.calls_review import Reviewed, calls_review
from tests.compliance.desks.past_calls import call_of_the_past, people_in, remember
from tests.stages import staged
from tests.world import ACTOR, MORNING, World, add_lead

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
EARLIER = MORNING - timedelta(hours=2)


@staged
def people(world: World) -> list[Person]:
    return people_in([("CN-BJ",)] * 6, at=MORNING)


def attempt(
    world: World,
    permit: Permit,
    *,
    rang: float = 14.9,
    ended_by: str = "us",
    answered: bool = False,
    rings: bool = True,
) -> Attempt:
    """Write down how a call went that rang so many seconds."""
    at = permit.issued_at
    end = at + timedelta(seconds=rang)
    return Attempt.objects.create(
        permit=permit,
        lead=add_lead(world, permit.person),
        line_process="test",
        started_at=at,
        ringing_at=at if rings else None,
        answered_at=end if answered else None,
        ended_at=end,
        ended_by=ended_by,
        result="canceled",
    )


def rung(world: World, people: list[Person], *, at: datetime = EARLIER) -> list[Permit]:
    return remember(
        call_of_the_past(world, person, at=at + n * MINUTE) for n, person in enumerate(people)
    )


def review() -> list[Reviewed]:
    return calls_review(actor=ACTOR, now=MORNING)


class TestShortRings:
    @pytest.mark.parametrize(("calls", "suspended"), [(2, False), (3, True)])
    def test_suspend_a_campaign_from_the_third_on(
        self, world: World, people: list[Person], calls: int, *, suspended: bool
    ) -> None:
        for permit in rung(world, people[:calls]):
            attempt(world, permit)

        (found,) = review()

        assert (found.short_rings, found.bursts) == (calls, 0)
        assert found.suspended is suspended
        assert Suspension.objects.filter(cause="pattern").exists() is suspended

    @pytest.mark.parametrize(
        "how",
        [
            {"rang": 15.0},
            {"answered": True},
            {"ended_by": "callee"},
            {"ended_by": "carrier"},
            {"rings": False},
        ],
    )
    def test_are_only_those_that_we_gave_up(
        self, world: World, people: list[Person], how: dict[str, object]
    ) -> None:
        for permit in rung(world, people):
            attempt(world, permit, **how)  # type: ignore[arg-type]

        assert review() == []

    def test_are_not_those_that_the_persons_no_has_ended(
        self, world: World, people: list[Person]
    ) -> None:
        for permit in rung(world, people):
            attempt(world, permit)
            Refusal.objects.create(
                person=permit.person,
                everywhere=True,
                source="web",
                evidence="x",
                recorded_at=permit.issued_at + SECOND,
                recorded_by=ACTOR,
            )

        assert review() == []

    def test_are_forgotten_after_a_day(self, world: World, people: list[Person]) -> None:
        for permit in rung(world, people, at=MORNING - timedelta(days=1, hours=1)):
            attempt(world, permit)

        assert review() == []


class TestBursts:
    @pytest.mark.parametrize(
        ("apart", "bursts"), [(10 * MINUTE, 0), (10 * MINUTE - SECOND, 1), (SECOND, 1)]
    )
    def test_are_calls_to_one_person_too_soon_after_one_another(
        self, world: World, people: list[Person], apart: timedelta, bursts: int
    ) -> None:
        remember(call_of_the_past(world, people[0], at=EARLIER + n * apart) for n in range(2))

        found = review()

        assert [one.bursts for one in found] == [bursts] * bool(bursts)
        assert Suspension.objects.exists() is bool(bursts)

    def test_of_different_people_are_none(self, world: World, people: list[Person]) -> None:
        remember(call_of_the_past(world, person, at=EARLIER) for person in people)

        assert review() == []

    def test_suspend_once(self, world: World, people: list[Person]) -> None:
        remember(call_of_the_past(world, people[0], at=EARLIER + n * SECOND) for n in range(4))

        assert [one.suspended for one in review()] == [True]
        assert [one.suspended for one in review()] == [False]
        assert Suspension.objects.get().counts == {"short_rings": 0, "bursts": 3}


def test_the_guards_look_again(world: World, people: list[Person]) -> None:
    """The rows above are written past the guards; nobody else can write any so."""
    remember([])

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT bool_and(tgenabled = 'O') FROM pg_trigger"
            " WHERE tgrelid = 'compliance_permit'::regclass AND NOT tgisinternal"
        )
        assert cursor.fetchone()[0] is True
