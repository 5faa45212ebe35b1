"""Fixtures of the browser tests: a console on a port of its own, and Debian's Chromium."""

import os
import shutil
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests.console.seed import seed

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = "/usr/bin/chromium-headless-shell"
START_SECONDS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A console that answers."""

    url: str
    server: "subprocess.Popen[str]"


@pytest.fixture
def served(transactional_db: None, keys_of_the_test_run: Path) -> Iterator[Served]:
    """Seed a call centre, and serve its console."""
    seed(leads=24, seats=6)
    with serving(keys_of_the_test_run) as served:
        yield served


@contextmanager
def serving(keys: Path) -> Iterator[Served]:
    """Serve the console of what is in the database."""
    environ = os.environ | {
        "DATABASE_URL": database_url(),
        "KEYS_DIR": str(keys),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    server = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", "config.asgi:application", "--port", "0",
         "--timeout-graceful-shutdown", "1"],
        cwd=ROOT, env=environ, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    told = threading.Thread(target=tell, args=(server,), daemon=True)
    try:
        url = address_of(server)
        told.start()
        yield Served(url=url, server=server)
    finally:
        server.terminate()
        server.wait(timeout=10)
        if told.ident is not None:
            told.join()
        assert server.stderr is not None
        server.stderr.close()


def tell(server: "subprocess.Popen[str]") -> None:
    """Show what the server says: a pipe that nobody reads would hold it up."""
    assert server.stderr is not None
    for line in server.stderr:
        sys.stderr.write(line)


@pytest.fixture
def console(served: Served) -> str:
    """Return the address of a served console."""
    return served.url


def database_url() -> str:
    """Return the URL of the database that the tests run on."""
    at = connection.settings_dict
    host = str(at["HOST"] or "")
    place = f"{host}:{at['PORT']}" if at["PORT"] and not host.startswith("/") else host
    if host.startswith("/"):
        return f"postgresql://{at['USER']}:{at['PASSWORD']}@/{at['NAME']}?host={host}&port={at['PORT']}"
    return f"postgresql://{at['USER']}:{at['PASSWORD']}@{place}/{at['NAME']}"


def address_of(server: "subprocess.Popen[str]") -> str:
    """Wait until the server says where it listens, and answers there."""
    assert server.stderr is not None
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        line = server.stderr.readline()
        if "Uvicorn running on " in line:
            url = line.split("Uvicorn running on ")[1].split()[0]
            with urllib.request.urlopen(f"{url}/login/", timeout=START_SECONDS) as answer:  # noqa: S310
                assert answer.status == 200
            return url
    raise AssertionError("The console did not start.")


@pytest.fixture
def chromium(console: str) -> Iterator[Any]:
    """Start a browser that must not complain."""
    playwright = pytest.importorskip("playwright.sync_api")
    if shutil.which(CHROMIUM) is None:
        pytest.skip("Chromium is not installed: apt install chromium-headless-shell.")
    with playwright.sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()
