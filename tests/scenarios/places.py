"""People whose number tells where they may be."""

from compliance.models import Person
from compliance.numbers import normalise
from compliance.services.person_for_number import person_for_number
from tests.world import MORNING, World, consent

BEIJING = "+8613810001234"
XINJIANG = "+8613800901234"
NOBODY_KNOWS = "+8613090251234"  # a prefix that no table has a place for


def person_at(world: World, number: str) -> Person:
    """Return the person behind the number, who said yes to the world's campaign."""
    person = person_for_number(number=normalise(number), now=MORNING)
    consent(world.filing, [person])
    return person
