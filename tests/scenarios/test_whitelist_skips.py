"""WHITELIST-SKIPS: being on a whitelist exempts from the rules against harassment.

Here the whitelist is what a call needs first, and it answers no other rule's question.
"""

from collections.abc import Callable

from compliance.models import Decision, Person
from compliance.rulebook.codec import answers_from_text
from dialer.models import Lead
from tests.scenarios.floor import Floor
from tests.scenarios.test_callback_exempt import use_up
from tests.world import MORNING, World, beijing, callees, consent, freeze, refuse


class TestWhitelistedPerson:
    def test_is_not_called_after_a_refusal_or_beyond_the_cap(
        self, world: World, open_floor: Callable[..., Floor]
    ) -> None:
        floor = open_floor()
        floor.start_line()
        refusing, capped, willing = callees(world, 3)
        refuse(refusing, world.principal)
        consent(world.filing, [refusing], given_at=MORNING)  # listed once more
        use_up(world, capped)
        floor.leads(refusing, capped, willing)

        floor.work_off()

        assert floor.invites_to(willing) == 1
        assert floor.invites_to(refusing) == floor.invites_to(capped) == 0

    def test_is_not_called_at_night(self, world: World, open_floor: Callable[..., Floor]) -> None:
        floor = open_floor()
        floor.start_line()
        (person,) = callees(world, 1)
        floor.leads(person)

        freeze(beijing("2026-03-11 22:00"))
        floor.ready()
        floor.tick()
        at_night = floor.invites_to(person)
        freeze(beijing("2026-03-12 09:00"))
        floor.work_off()

        assert at_night == 0
        assert floor.invites_to(person) == 1

    def test_is_asked_about_every_rule(
        self, world: World, open_floor: Callable[..., Floor]
    ) -> None:
        floor = open_floor()
        floor.start_line()
        listed, stranger = [*callees(world, 1), *callees(world, 1, first=5, consented=False)]
        floor.leads(listed, stranger)

        floor.work_off()

        assert rules_asked(listed) == rules_asked(stranger)
        assert floor.invites_to(listed) == 1
        assert Lead.objects.get(person=stranger).state == Lead.State.BLOCKED


def rules_asked(person: Person) -> list[str]:
    return list(answers_from_text(Decision.objects.get(person=person).answers))
