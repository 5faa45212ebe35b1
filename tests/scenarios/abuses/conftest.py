"""One call centre for each case; every test's own changes are taken back."""

from tests.compliance.imports.house import House, build_house
from tests.stages import staged
from tests.world import World


@staged
def house() -> House:
    """A call centre with an account for every role."""
    return build_house()


@staged
def world(house: House) -> World:
    return house.world
