"""A world in the real database, and processes that race in it."""

from collections.abc import Iterator

import pytest

from compliance import vault
from tests.races.swarm import Swarm
from tests.world import World, build_world


@pytest.fixture
def world(transactional_db: None) -> World:
    vault._cipher.cache_clear()  # seal with the keys that the workers are given
    return build_world()


@pytest.fixture(scope="package")
def workers(django_db_setup: None, django_db_blocker: object) -> Iterator[Swarm]:
    """Start the processes once for all races; they hold no transaction between two commands."""
    with Swarm() as swarm:
        yield swarm


@pytest.fixture
def swarm(workers: Swarm, world: World) -> Iterator[Swarm]:
    """Let the processes connect to the database of this test, and let go of it afterwards."""
    workers.all({"do": "hello"})
    yield workers
    workers.all({"do": "goodbye"})
