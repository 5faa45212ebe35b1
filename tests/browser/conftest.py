"""Fixtures of the browser tests: a console on a port of its own, and Debian's Chromium."""

import shutil
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tests.browser.served import Served, serving
from tests.console.seed import seed

CHROMIUM = "/usr/bin/chromium-headless-shell"


@pytest.fixture
def served(transactional_db: None, keys_of_the_test_run: Path) -> Iterator[Served]:
    """Seed a call centre, and serve its console."""
    seed(leads=24, seats=6)
    with serving(keys_of_the_test_run) as served:
        yield served


@pytest.fixture
def console(served: Served) -> str:
    """Return the address of a served console."""
    return served.url


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Start a browser for the tests of a file.

    Playwright's own loop runs in this thread meanwhile, and the tests use the database beside it.
    """
    playwright = import_module("playwright.sync_api")
    assert shutil.which(CHROMIUM), "Not installed: apt install chromium-headless-shell"
    with pytest.MonkeyPatch.context() as patch, playwright.sync_playwright() as play:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def chromium(browser: Any) -> Iterator[Any]:
    """Give a test the browser; what it opened is closed before its console ends."""
    yield browser
    for context in browser.contexts:
        context.close()
