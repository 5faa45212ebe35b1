"""A seat with its agent at the desk, and a line that the test is."""

from collections.abc import Iterator

import pytest
from django.test import Client

from dialer import streams
from tests.console.conftest import LogIn
from tests.console.desk.line import AGENT, MINUTES
from tests.console.house import OPENING, set_clock
from tests.console.seed import Seeded


@pytest.fixture(autouse=True)
def broker(sockets: None) -> Iterator[None]:
    """Give the test an empty broker."""
    streams.client.cache_clear()
    streams.client().flushdb()
    yield
    streams.client.cache_clear()


@pytest.fixture
def agent(seeded: Seeded, log_in: LogIn) -> Client:
    """Sit an agent down, some minutes after the last call."""
    set_clock(OPENING + MINUTES)
    return log_in(AGENT)
