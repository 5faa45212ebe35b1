"""A world in which somebody may complain."""

import pytest

from compliance.models import Permit, User
from tests.compliance.complaints.cases import officer, talked
from tests.remembered import remembered
from tests.world import World, build_world

Scene = tuple[World, Permit | None]


@remembered
def scene_with_call() -> Scene:
    world = build_world()
    return world, talked(world)


@pytest.fixture
def scene(db: None, request: pytest.FixtureRequest) -> Scene:
    """The world, and the call at once with it if the test is about one."""
    return scene_with_call() if "call" in request.fixturenames else (build_world(), None)


@pytest.fixture
def world(scene: Scene) -> World:
    return scene[0]


@pytest.fixture
def call(scene: Scene) -> Permit:
    """A call from the first seat, which the person answered."""
    assert scene[1] is not None
    return scene[1]


@pytest.fixture
def second(world: World) -> User:
    """A second compliance officer."""
    return officer("second")
