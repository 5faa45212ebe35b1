"""Fixtures of pytest-django that would run for every test, and that no test of ours needs.

Each serves a marker or a fixture that nobody uses. Seven thousand times five of them is seconds.
"""

from collections.abc import Iterable

import pytest

MARKERS = ("django_isolate_apps", "ignore_template_errors")  # what sleeps would serve these
SERVER = "live_server"


@pytest.fixture(scope="session")
def _django_clear_site_cache() -> None:
    """Leave the cache of django.contrib.sites alone, which is not installed."""


@pytest.fixture(scope="session")
def _django_isolate_apps() -> None:
    """Serve no marker."""


@pytest.fixture(scope="session")
def _template_string_if_invalid_marker() -> None:
    """Serve no marker."""


@pytest.fixture(scope="session")
def _live_server_helper() -> None:
    """Serve no server."""


def check_asleep(items: Iterable[pytest.Item]) -> None:
    """Fail if a test needs what sleeps.

    :raises pytest.UsageError: naming the test
    """
    for item in items:
        marked = {marker.name for marker in item.iter_markers()} & set(MARKERS)
        if marked or SERVER in item.fixturenames:  # type: ignore[attr-defined]
            raise pytest.UsageError(f"{item.nodeid} needs what tests/asleep.py lets sleep.")
