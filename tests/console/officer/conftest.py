"""Fixtures of the officer's tests."""

from tests.console.officer.troubles import Troubled, trouble
from tests.console.seed import Seeded
from tests.stages import staged


@staged
def troubled(seeded: Seeded) -> Troubled:
    """A person who was called, refused, and complained."""
    return trouble(seeded)
