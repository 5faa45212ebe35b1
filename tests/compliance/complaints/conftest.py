"""A world in which somebody may complain."""

from compliance.models import Permit, User
from tests.compliance.complaints.cases import officer, talked
from tests.stages import staged
from tests.world import World, build_world


@staged
def world() -> World:
    return build_world()


@staged
def call(world: World) -> Permit:
    """A call from the first seat, which the person answered."""
    return talked(world)


@staged
def second(world: World) -> User:
    """A second compliance officer."""
    return officer("second")
