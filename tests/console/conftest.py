"""Fixtures of the console's tests."""

from collections.abc import Iterator
from typing import Protocol

import pytest
from django.test import Client, override_settings

from compliance.models import User
from tests.console.factor import shown_before
from tests.console.seed import Seeded, seed
from tests.stages import staged


@pytest.fixture(scope="session", autouse=True)
def static_root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Give static files a folder; they themselves are found in the apps."""
    with override_settings(STATIC_ROOT=tmp_path_factory.mktemp("static")):
        yield


class LogIn(Protocol):
    def __call__(self, username: str, language: str = "zh-hans") -> Client: ...


@staged
def seeded() -> Seeded:
    """A small call centre with decisions of every kind."""
    return seed(leads=8, seats=4)


@pytest.fixture
def log_in() -> LogIn:
    """Log a person in by user name, and return their browser."""

    def logged_in(username: str, language: str = "zh-hans") -> Client:
        client = Client(headers={"accept-language": language})
        user = User.objects.get(username=username)
        client.force_login(user)
        shown_before(client, user)
        return client

    return logged_in
