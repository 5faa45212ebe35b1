"""Fixtures of the import, question and request tests; import them into a conftest."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import override_settings

from tests.compliance.imports.house import House, build_house


@pytest.fixture
def house(db: None) -> House:
    """A call centre with one active campaign, at a fixed instant."""
    return build_house()


@pytest.fixture
def static_folder(tmp_path: Path) -> Iterator[None]:
    """Give the middleware for static files the folder that it insists on."""
    with override_settings(STATIC_ROOT=tmp_path):
        yield
