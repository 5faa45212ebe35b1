"""The last slot of every cap, wanted by eight processes at once, is given out once."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pytest
from django.db import connection

from compliance.models import CallerNumber, Permit, Person, Trunk
from tests.races.ledger import one_open_allowed, past_calls
from tests.races.swarm import Answer, Command, Swarm
from tests.world import MORNING, World, callee, callees, make_caller_number, make_seats

HOUR_CAP = 25  # CN13-DIA-03
CALLER_DAY_CAP = 500  # CN13-DIA-04
LOCKS = ["seat_lock", "number_lock", "caps_lock"]
SLOTS = [
    pytest.param(4),
    pytest.param(None, id="long", marks=[pytest.mark.long, pytest.mark.timeout(1800)]),
]
TWIN_SLOTS = 12
OTHER_NUMBER = "9512399"


@dataclass(frozen=True)
class Race:
    """What came of all the races for last slots."""

    granted: list[int]  # per slot
    errors: list[Answer]

    @property
    def over_granted(self) -> int:
        return sum(max(0, granted - 1) for granted in self.granted)


@pytest.fixture
def slots(request: pytest.FixtureRequest) -> int:
    """How many last slots are raced for: as few as there is time, or as many as were asked for."""
    return int(request.param or request.config.getoption("--raced-slots"))


def want(world: World, person: Person, seat_id: int, **more: object) -> Command:
    return {
        "do": "request",
        "filing": world.campaign.filing_id,
        "person": person.pk,
        "seat": seat_id,
        "now": MORNING.isoformat(),
        "finish": True,
        **more,
    }


def race(swarm: Swarm, starts: Iterable[list[Command]]) -> Race:
    granted, errors = [], []
    for commands in starts:
        answers = swarm.at_once(commands)
        granted.append(sum("permit" in answer for answer in answers))
        errors += [answer for answer in answers if "error" in answer]
    return Race(granted=granted, errors=errors)


def over_grants(swarm: Swarm, starts: Iterable[list[Command]]) -> bool:
    """Return whether any of the races gave a slot out twice; the first such race will do."""
    return any(race(swarm, [commands]).over_granted for commands in starts)


class TestLastSlotOfASeat:
    """CN13-DIA-03: 24 calls in the last hour of 25; eight processes, each with its own callee."""

    def prepare(self, world: World, *, slots: int, **more: object) -> list[list[Command]]:
        Trunk.objects.update(max_calls=5000)  # no other cap is near
        past = callee(world, place=9000)
        seats = make_seats(slots)
        pairs = [(past.pk, seat.pk) for seat in seats for _ in range(HOUR_CAP - 1)]
        # Of another caller number, so that its cap is far.
        past_calls(world, pairs=pairs)
        move_past_to_another_number(world)
        people = callees(world, 8 * slots)
        return [
            [want(world, people[8 * place + each], seat.pk, **more) for each in range(8)]
            for place, seat in enumerate(seats)
        ]

    @pytest.mark.parametrize("slots", SLOTS, indirect=True)
    def test_is_given_out_once(self, world: World, swarm: Swarm, slots: int) -> None:
        starts = far_from_the_numbers_cap(world, self.prepare(world, slots=slots))

        result = race(swarm, starts)

        assert result.granted == [1] * slots
        assert result.errors == []

    @pytest.mark.long
    def test_is_given_out_once_by_the_lock_alone(self, world: World, swarm: Swarm) -> None:
        starts = self.prepare(world, slots=TWIN_SLOTS)

        with one_open_allowed():
            result = race(swarm, starts)

        assert result.granted == [1] * TWIN_SLOTS

    @pytest.mark.long
    def test_is_over_granted_by_a_twin_without_the_lock(self, world: World, swarm: Swarm) -> None:
        starts = self.prepare(world, slots=TWIN_SLOTS, without=LOCKS)

        with one_open_allowed():
            assert over_grants(swarm, starts)


class TestLastSlotOfACallee:
    """CN13-FRQ-01: one call of two in 24 hours; eight processes, each with its own seat."""

    def prepare(self, world: World, *, slots: int, **more: object) -> list[list[Command]]:
        Trunk.objects.update(max_calls=5000)
        people = callees(world, slots)
        seats = make_seats(min(200, 4 * slots))
        pairs = [(person.pk, seats[0].pk) for person in people]
        past_calls(world, pairs=pairs, ago="23 hours")
        move_past_to_another_number(world)
        # Only one of eight is granted, so that no seat gets near its own cap.
        return [
            [
                want(world, person, seats[(8 * place + each) % len(seats)].pk, **more)
                for each in range(8)
            ]
            for place, person in enumerate(people)
        ]

    @pytest.mark.parametrize("slots", SLOTS, indirect=True)
    def test_is_given_out_once(self, world: World, swarm: Swarm, slots: int) -> None:
        starts = far_from_the_numbers_cap(world, self.prepare(world, slots=slots))

        result = race(swarm, starts)

        assert result.granted == [1] * slots
        assert result.errors == []

    @pytest.mark.long
    def test_is_over_granted_by_a_twin_without_the_lock(self, world: World, swarm: Swarm) -> None:
        starts = self.prepare(world, slots=TWIN_SLOTS, without=LOCKS)

        with one_open_allowed():
            assert over_grants(swarm, starts)


class TestLastSlotOfATrunk:
    """The contract's concurrent calls: one more fits; eight processes, eight seats and callees."""

    def prepare(self, world: World, *, slots: int, **more: object) -> list[list[Command]]:
        Trunk.objects.update(max_calls=1)
        people, seats = callees(world, 8 * slots), make_seats(8 * 3)
        return [
            [
                want(
                    world,
                    people[8 * place + each],
                    seats[(8 * place + each) % len(seats)].pk,
                    **{"finish": False, **more},
                )
                for each in range(8)
            ]
            for place in range(slots)
        ]

    def starts(self, world: World, *, slots: int, **more: object) -> Iterator[list[Command]]:
        """Begin each race on an empty trunk."""
        for commands in self.prepare(world, slots=slots, **more):
            Permit.objects.filter(state="issued").update(state="expired")
            yield commands

    @pytest.mark.parametrize(
        "slots",
        [pytest.param(12), pytest.param(60, marks=[pytest.mark.long])],
    )
    def test_is_given_out_once(self, world: World, swarm: Swarm, slots: int) -> None:
        result = race(swarm, self.starts(world, slots=slots))

        assert result.granted == [1] * slots
        assert result.errors == []

    @pytest.mark.long
    def test_is_over_granted_by_a_twin_without_the_lock(self, world: World, swarm: Swarm) -> None:
        assert over_grants(swarm, self.starts(world, slots=TWIN_SLOTS, without=["caps_lock"]))


class TestLastSlotsOfACallerNumber:
    """CN13-DIA-04: a few of 500 calls a day are left, and many more are wanted, from many seats.

    Far from the cap decisions share its lock, near it they take it alone; the race crosses over.
    """

    def prepare(
        self, world: World, *, left: int, wanted: int, **more: object
    ) -> list[list[Command]]:
        Trunk.objects.update(max_calls=5000)
        seats = make_seats(24)
        past, people = callee(world, place=9000), callees(world, wanted)
        pairs = [(past.pk, world.seat.pk)] * (CALLER_DAY_CAP - left)
        past_calls(world, pairs=pairs, ago="2 hours")
        commands = [
            want(world, person, seats[place % len(seats)].pk, **more)
            for place, person in enumerate(people)
        ]
        return [commands[start : start + 8] for start in range(0, wanted, 8)]

    def test_are_given_out_and_no_more(self, world: World, swarm: Swarm) -> None:
        result = race(swarm, self.prepare(world, left=60, wanted=96))

        assert sum(result.granted) == 60
        assert result.errors == []

    @pytest.mark.long
    def test_are_over_granted_by_a_twin_without_the_lock(self, world: World, swarm: Swarm) -> None:
        (commands,) = self.prepare(world, left=1, wanted=8, without=["caps_lock"])

        assert over_grants(swarm, self.day_after_day(world, commands))

    def day_after_day(self, world: World, commands: list[Command]) -> Iterator[list[Command]]:
        """Yield the same race for the last call of the day, on a number of days."""
        yield commands
        past = callee(world, place=9000)
        pairs = [(past.pk, world.seat.pk)] * (CALLER_DAY_CAP - 1)
        for _ in range(TWIN_SLOTS):
            long_ago = "interval '60 days'"
            change_past(
                f"issued_at = issued_at - {long_ago}, expires_at = expires_at - {long_ago}"
            )
            past_calls(world, pairs=pairs, ago="2 hours")
            yield commands


def move_past_to_another_number(world: World) -> None:
    """Let the calls of the past be another caller number's."""
    other = CallerNumber.objects.filter(number=OTHER_NUMBER).first() or make_caller_number(
        world.operator, world.trunk, number=OTHER_NUMBER
    )
    change_past(f"caller_number_id = {other.pk:d}")


def far_from_the_numbers_cap(
    world: World, starts: Iterable[list[Command]]
) -> Iterator[list[Command]]:
    """Begin the races so that the caller number's own cap is never the one that refuses."""
    for place, commands in enumerate(starts):
        if place and place % (CALLER_DAY_CAP // 2) == 0:
            move_past_to_another_number(world)
        yield commands


def change_past(what: str) -> None:
    """Change every permit, which only the owner of the table can, without its trigger."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE compliance_permit DISABLE TRIGGER permit_change")
        cursor.execute("UPDATE compliance_permit SET " + what)
        cursor.execute("ALTER TABLE compliance_permit ENABLE TRIGGER permit_change")
