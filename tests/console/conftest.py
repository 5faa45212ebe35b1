"""Fixtures of the console's tests."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Protocol

import pytest
from django.test import Client, override_settings
from pytest_django import DjangoDbBlocker

from compliance.models import User
from tests.audit.fixtures import keys_of_the_test_run
from tests.console.seed import Seeded, seed
from tests.undone import undone

__all__ = ["keys_of_the_test_run"]


@pytest.fixture(scope="session", autouse=True)
def static_root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Give static files a folder; they themselves are found in the apps."""
    with override_settings(STATIC_ROOT=tmp_path_factory.mktemp("static")):
        yield


class LogIn(Protocol):
    def __call__(self, username: str, language: str = "zh-hans") -> Client: ...


@pytest.fixture(scope="module")
def _seeded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Seeded]:
    """Make the call centre once for a module; each test's own changes are taken back alone.

    A module that uses it has no transactional tests.
    """
    with django_db_blocker.unblock(), undone():
        yield seed(leads=8, seats=4)


@pytest.fixture
def seeded(_seeded: Seeded, db: None) -> Seeded:
    """A small call centre with decisions of every kind."""
    return deepcopy(_seeded)


@pytest.fixture
def log_in() -> LogIn:
    """Log a person in by user name, and return their browser."""

    def logged_in(username: str, language: str = "zh-hans") -> Client:
        client = Client(headers={"accept-language": language})
        client.force_login(User.objects.get(username=username))
        return client

    return logged_in
