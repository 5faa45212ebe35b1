"""A call centre with a lead, a ready seat and an empty broker."""

from collections.abc import Iterator
from copy import deepcopy

import pytest
from pytest_django import DjangoDbBlocker

from dialer import streams
from tests.undone import undone
from tests.world import World, build_world


@pytest.fixture
def world(transactional_db: None) -> World:
    return build_world()


@pytest.fixture(scope="module")
def _built(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with django_db_blocker.unblock(), undone():
        yield build_world()


@pytest.fixture
def one_world(_built: World, db: None) -> World:
    """The same call centre for every test of a module that has no transactional tests."""
    return deepcopy(_built)


@pytest.fixture(autouse=True)
def broker(sockets: None) -> Iterator[None]:
    """Give the test an empty broker."""
    streams.client.cache_clear()
    streams.client().flushdb()
    yield
    streams.client.cache_clear()
