"""A world, somebody in it who may be called, and a permit for that call."""

import pytest

from compliance.models import Permit, Person
from tests.compliance.gate.call_house import house
from tests.world import World, build_world, callee, permitted

__all__ = ["house", "permit", "person", "world"]


@pytest.fixture
def world(db: None) -> World:
    return build_world()


@pytest.fixture
def person(world: World) -> Person:
    return callee(world)


@pytest.fixture
def permit(world: World, person: Person) -> Permit:
    return permitted(world, person)
