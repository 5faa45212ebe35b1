"""Stages stand once for many tests, as they were made, and each is taken back alone."""

import pytest

from compliance.models import Epoch, Permit, User
from compliance.services.consent_withdraw import consent_withdraw
from tests.compliance.complaints.cases import officer
from tests.compliance.gate.spending import spend
from tests.stages import Stages, staged
from tests.world import MORNING, World, build_world, callee, permitted, refuse


@staged
def world() -> World:
    return build_world()


@staged
def permit(world: World) -> Permit:
    return permitted(world, callee(world))


def names() -> set[str]:
    return set(User.objects.values_list("username", flat=True))


class TestStages:
    def test_are_made_once_and_taken_back_alone(self, db: None) -> None:
        made, stages = [], Stages()

        def one() -> str:
            made.append("one")
            return officer("one").username

        def two(one: str) -> str:
            made.append("two")
            return officer(f"{one} and two").username

        stages.stand_on({"one": one})
        stages.stand_on({"one": one, "two": two})
        stages.stand_on({"one": one, "two": two})
        assert (made, names()) == (["one", "two"], {"one", "one and two"})
        assert stages.copies() == {"one": "one", "two": "one and two"}

        stages.stand_on({"one": one})
        assert (names(), stages.copies()) == ({"one"}, {"one": "one"})

        stages.stand_on({})
        assert (names(), stages.copies(), made) == (set(), {}, ["one", "two"])

    def test_stand_as_they_were_if_the_next_cannot_be_made(self, db: None) -> None:
        stages = Stages()

        def one() -> str:
            return officer("one").username

        def broken(one: str) -> str:
            officer("two")
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            stages.stand_on({"one": one, "broken": broken})

        assert (names(), stages.copies()) == ({"one"}, {"one": "one"})
        stages.stand_on({})

    def test_of_another_function_are_others(self, db: None) -> None:
        stages = Stages()
        stages.stand_on({"one": lambda: officer("one").username})

        stages.stand_on({"one": lambda: officer("two").username})

        assert names() == {"two"}
        stages.stand_on({})


class TestWhatStands:
    """Whatever a test does, the next one finds its stage as it was made: in any order."""

    @pytest.mark.parametrize("time", [1, 2])
    def test_is_a_permit_that_can_be_spent_once(self, permit: Permit, time: int) -> None:
        assert permit.epoch == Epoch.objects.get().value

        spend(permit)

    @pytest.mark.parametrize("time", [1, 2])
    def test_is_without_what_another_test_changed(
        self, world: World, permit: Permit, time: int
    ) -> None:
        assert world.people.author.real_name == "author"
        world.people.author.real_name = "another"

        refuse(permit.person, None)
        consent_withdraw(consent=permit.consent, actor="svc:test", now=MORNING)

    def test_is_not_there_for_a_test_that_asks_for_less(self, world: World) -> None:
        assert not Permit.objects.exists()
        assert User.objects.exists()

    def test_is_nothing_for_a_test_that_asks_for_nothing(self, db: None) -> None:
        assert not User.objects.exists()

    def test_is_nothing_for_a_test_with_transactions_of_its_own(
        self, transactional_db: None
    ) -> None:
        assert not User.objects.exists()
