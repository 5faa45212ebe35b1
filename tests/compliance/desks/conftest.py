"""A call centre with one seat."""

from tests.stages import staged
from tests.world import World, build_world


@staged
def world() -> World:
    return build_world(seats=1)
