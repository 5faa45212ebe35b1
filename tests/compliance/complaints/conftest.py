"""A world in which somebody may complain."""

import pytest

from compliance.models import Permit, User
from tests.compliance.complaints.cases import officer, talked
from tests.world import World, build_world


@pytest.fixture
def world(db: None) -> World:
    return build_world()


@pytest.fixture
def call(world: World) -> Permit:
    """A call from the first seat, which the person answered."""
    return talked(world)


@pytest.fixture
def second(world: World) -> User:
    """A second compliance officer."""
    return officer("second")
