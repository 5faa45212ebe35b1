"""Who opens the pages of the parties, and the principal of a running campaign."""

import pytest
from django.test import Client

from compliance.models import (
    Principal,
)
from tests.console.conftest import LogIn
from tests.console.seed import Seeded


@pytest.fixture
def owner(seeded: Seeded, log_in: LogIn) -> Client:
    return log_in("owner")


@pytest.fixture
def reader(seeded: Seeded, log_in: LogIn) -> Client:
    """Read the pages in English."""
    return log_in("supervisor", "en")


@pytest.fixture
def school(seeded: Seeded) -> Principal:
    return seeded.campaigns[0].filing.principal
