"""CN13-NUM-03: numbers that follow the places called suspend the campaigns behind them."""

from datetime import timedelta

import pytest

from audit.models import AuditEntry
from compliance.gate import PermitRefusal
from compliance.models import CallerNumber, CampaignFiling, Suspension
from compliance.services.numbers_compare import Compared, numbers_compare
from tests.compliance.desks.past_calls import call_of_the_past, people_in, remember
from tests.stages import staged
from tests.world import ACTOR, MORNING, World, ask, callee, make_caller_number, make_campaign

PLACES = ("CN-BJ", "CN-SH", "CN-GD", "CN-SC")


@staged
def other(world: World) -> CampaignFiling:
    """Return a second campaign of the principal, under a number of its own."""
    number = make_caller_number(world.operator, world.trunk, number="9512302")
    return make_campaign(
        people=world.people,
        principal=world.principal,
        caller_number=number,
        trunk=world.trunk,
        code="second",
    ).filing


def called(world: World, other: CampaignFiling, places: list[tuple[bool, str]]) -> None:
    """Write down calls, newest last: from the other campaign or not, and to where."""
    numbers: dict[bool, CallerNumber] = {False: world.caller_number, True: other.caller_number}
    filings = {False: world.filing, True: other}
    people = people_in([(place,) for _, place in places], at=MORNING)
    start = MORNING - timedelta(hours=9)
    remember(
        call_of_the_past(
            world,
            person,
            at=start + timedelta(seconds=n),
            filing=filings[second],
            number=numbers[second],
        )
        for n, (person, (second, _)) in enumerate(zip(people, places, strict=True))
    )


def compare() -> Compared:
    (found,) = numbers_compare(actor=ACTOR, now=MORNING)
    return found


FOLLOWING = [(False, "CN-BJ"), (True, "CN-SH")] * 30
MIXED = [(n % 2 == 0, PLACES[n // 2 % 4]) for n in range(64)]


class TestNumbersCompare:
    def test_suspends_both_campaigns_if_numbers_follow_places(
        self, world: World, other: CampaignFiling
    ) -> None:
        person = callee(world)
        called(world, other, FOLLOWING)

        found = compare()
        answer = ask(world, person)

        assert found.follows is True
        assert found.suspended == (world.filing.pk, other.pk)
        assert isinstance(answer, PermitRefusal)
        assert answer.rules == ("CN13-CMP-05",)
        one = Suspension.objects.first()
        assert one is not None
        assert (one.cause, one.counts["calls"], one.counts["numbers"]) == ("places", 60, 2)

    def test_leaves_numbers_that_call_everywhere(
        self, world: World, other: CampaignFiling
    ) -> None:
        called(world, other, MIXED)

        assert compare().follows is False
        assert not Suspension.objects.exists()

    @pytest.mark.parametrize(("calls", "follows"), [(49, False), (50, True)])
    def test_says_nothing_of_a_few_calls(
        self, world: World, other: CampaignFiling, calls: int, *, follows: bool
    ) -> None:
        called(world, other, FOLLOWING[:calls])

        assert compare().follows is follows

    def test_looks_at_the_newest_calls_only(self, world: World, other: CampaignFiling) -> None:
        called(world, other, FOLLOWING + [(n % 2 == 0, PLACES[n // 2 % 4]) for n in range(504)])

        found = compare()

        assert found.found.pairs == 500
        assert found.follows is False

    def test_passes_over_people_who_may_be_anywhere(
        self, world: World, other: CampaignFiling
    ) -> None:
        called(world, other, [(False, "CN-*"), (True, "CN-SH")] * 30)

        assert compare().found.pairs == 30

    def test_suspends_once(self, world: World, other: CampaignFiling) -> None:
        called(world, other, FOLLOWING)
        compare()

        assert compare().suspended == ()
        assert Suspension.objects.count() == 2

    def test_has_nothing_to_say_of_one_number(self, world: World) -> None:
        assert numbers_compare(actor=ACTOR, now=MORNING) == []

    def test_is_on_the_record(self, world: World, other: CampaignFiling) -> None:
        compare()

        assert AuditEntry.objects.filter(action="numbers.compared").count() == 1
