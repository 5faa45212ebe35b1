"""Fixtures of the import, question and request tests; import them into a conftest."""

import pytest

from tests.compliance.imports.house import House, build_house


@pytest.fixture
def house(db: None) -> House:
    """A call centre with one active campaign, at a fixed instant."""
    return build_house()
