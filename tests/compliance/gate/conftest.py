"""A world, somebody in it who may be called, and a permit for that call."""

from compliance.models import Permit, Person
from tests.compliance.gate.call_house import house
from tests.stages import staged
from tests.world import World, build_world, callee, permitted

__all__ = ["house", "permit", "person", "world"]


@staged
def world() -> World:
    return build_world()


@staged
def person(world: World) -> Person:
    return callee(world)


@staged
def permit(world: World, person: Person) -> Permit:
    return permitted(world, person)
