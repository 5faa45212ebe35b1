"""A campaign that waits for its activation."""

import pytest
from django.test import Client

from compliance import clock
from compliance.models import CampaignFiling, User
from compliance.services.filing_register import FilingElements, filing_register
from tests.console.conftest import LogIn
from tests.console.seed import Seeded


@pytest.fixture
def draft(seeded: Seeded) -> CampaignFiling:
    """A campaign that its author, the supervisor, has registered and nobody activated."""
    runs = CampaignFiling.objects.select_related("principal", "caller_number", "script")
    like = runs.select_related("trunk", "author").get(code="spring-course")
    kept = ("name", "principal", "purpose", "caller_number", "audience", "content", "contact")
    elements = FilingElements(
        code="autumn-course",
        trunk=like.trunk,
        script=like.script,
        **{name: getattr(like, name) for name in kept},
    )
    return filing_register(elements=elements, author=like.author, now=clock.read())


@pytest.fixture
def supervisor(seeded: Seeded, log_in: LogIn) -> Client:
    return log_in("supervisor")


@pytest.fixture
def officer(seeded: Seeded, log_in: LogIn) -> Client:
    return log_in("compliance")


def person(name: str) -> User:
    return User.objects.get(username=name)
