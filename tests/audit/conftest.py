"""Fixtures of the audit tests."""

from pathlib import Path

import pytest

from tests.audit.fixtures import keys_of_the_test_run
from tests.audit.sealing import Log

__all__ = ["keys_of_the_test_run"]


@pytest.fixture
def log(tmp_path: Path) -> Log:
    """Begin a log that signs and publishes below a folder of the test's own."""
    return Log(folder=tmp_path)
