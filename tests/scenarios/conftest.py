"""A floor for each scenario: real database, real broker, real line, real carrier process."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from dialer import streams
from tests.scenarios.floor import Floor
from tests.sip.peers import PhonesProcess
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


@pytest.fixture(scope="session")
def practice_phones(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PhonesProcess]:
    """Run the phones of every seat of every floor."""
    phones = PhonesProcess(tmp_path_factory.mktemp("phones"))
    yield phones
    phones.stop()


@pytest.fixture
def open_floor(
    world: World, broker: str, tmp_path: Path, practice_phones: PhonesProcess
) -> Iterator[Callable[..., Floor]]:
    """Open a floor whose callees behave as told: `open_floor({place: {"behaviour": …}})`."""
    opened: list[Floor] = []

    def floor(
        behaviours: dict[int, dict[str, Any]] | None = None, phones: PhonesProcess | None = None
    ) -> Floor:
        opened.append(
            Floor(
                world=world,
                folder=tmp_path,
                behaviours=behaviours or {},
                phones=phones or practice_phones,
            )
        )
        return opened[-1]

    yield floor
    for each in opened:
        each.close()
