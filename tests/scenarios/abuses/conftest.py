"""One call centre for each case; every test's own changes are taken back."""

from collections.abc import Iterator
from copy import deepcopy

import pytest
from pytest_django import DjangoDbBlocker

from tests.compliance.imports.house import House, build_house
from tests.undone import undone
from tests.world import World


@pytest.fixture(scope="module")
def _house(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[House]:
    with django_db_blocker.unblock(), undone():
        yield build_house()


@pytest.fixture
def house(_house: House, db: None) -> House:
    """A call centre with an account for every role."""
    return deepcopy(_house)


@pytest.fixture
def world(house: House) -> World:
    return house.world
