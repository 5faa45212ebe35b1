"""A floor for each scenario: real database, real broker, real line, real carrier process."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from dialer import streams
from tests.scenarios.floor import Floor
from tests.world import World, build_world


@pytest.fixture
def world(transactional_db: None) -> World:
    return build_world(seats=6)


@pytest.fixture
def broker(sockets: None) -> Iterator[str]:
    """Give the scenario an empty broker."""
    streams.client.cache_clear()
    streams.client().flushdb()
    yield settings.REDIS_URL
    streams.client.cache_clear()


@pytest.fixture
def open_floor(world: World, broker: str, tmp_path: Path) -> Iterator[Callable[..., Floor]]:
    """Open a floor whose callees behave as told: `open_floor({place: {"behaviour": …}})`."""
    opened: list[Floor] = []

    def floor(behaviours: dict[int, dict[str, Any]] | None = None) -> Floor:
        opened.append(Floor(world=world, folder=tmp_path, behaviours=behaviours or {}))
        return opened[-1]

    yield floor
    for each in opened:
        each.close()
