"""A call centre with a lead, a ready seat and an empty broker."""

from collections.abc import Iterator

import pytest

from dialer import streams
from tests.stages import staged
from tests.world import World, build_world


@pytest.fixture
def world(transactional_db: None) -> World:
    return build_world()


@staged
def one_world() -> World:
    """The same call centre, where no test has transactions of its own."""
    return build_world()


@pytest.fixture(autouse=True)
def broker(sockets: None) -> Iterator[None]:
    """Give the test an empty broker."""
    streams.client.cache_clear()
    streams.client().flushdb()
    yield
    streams.client.cache_clear()
