"""One call centre for each module of these tests; what a test changes is taken back alone."""

from collections.abc import Iterator
from copy import deepcopy

import pytest
from pytest_django import DjangoDbBlocker

from tests.undone import undone
from tests.world import World, build_world


@pytest.fixture(scope="module")
def _world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with django_db_blocker.unblock(), undone():
        yield build_world(seats=1)


@pytest.fixture
def world(_world: World, db: None) -> World:
    return deepcopy(_world)
