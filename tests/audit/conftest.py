"""Fixtures of the audit tests."""

from pathlib import Path

import pytest

from tests.audit.sealing import Log


@pytest.fixture
def log(tmp_path: Path) -> Log:
    """Begin a log that signs and publishes below a folder of the test's own."""
    return Log(folder=tmp_path)
