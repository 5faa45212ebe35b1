"""What every test stands on: keys of this run, a database of its own, Hypothesis profiles."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import pytest_socket
from django.conf import settings as django_settings
from django.core.cache import caches
from hypothesis import HealthCheck, settings

from tests.asleep import (
    _django_clear_site_cache,
    _django_isolate_apps,
    _live_server_helper,
    _template_string_if_invalid_marker,
    check_asleep,
)
from tests.audit.fixtures import keys_of_the_test_run
from tests.emitted import (
    emitted_actions,
    pytest_sessionfinish,
    pytest_terminal_summary,
    pytest_testnodedown,
)
from tests.emptying import emptied_at_once
from tests.stages import _django_db_helper, module_stages, stages_copied, stages_of
from tests.template import django_db_setup

__all__ = [
    "_django_clear_site_cache",
    "_django_db_helper",
    "_django_isolate_apps",
    "_live_server_helper",
    "_template_string_if_invalid_marker",
    "django_db_setup",
    "emitted_actions",
    "emptied_at_once",
    "keys_of_the_test_run",
    "module_stages",
    "pytest_sessionfinish",
    "pytest_terminal_summary",
    "pytest_testnodedown",
    "stages_copied",
]

HERE = Path(__file__).parent
SLOWEST = (
    *("browser/test_every_page", "scenarios/test_two_thousand_calls", "audit/crash"),
    *("audit/verify/test_mutations", "compliance/gate/test_machine"),
    *("compliance/imports/test_killed", "races", "scenarios", "browser"),
    *("sip", "config", "console", "dialer", "compliance/complaints", "compliance/gate"),
)

PATIENT = [HealthCheck.too_slow, HealthCheck.data_too_large]
settings.register_profile("fast", deadline=None, max_examples=15, suppress_health_check=PATIENT)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fast"))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the longest tests be as long as there is time."""
    parser.addoption("--crash-seconds", default="60", help="how long processes are killed for")
    parser.addoption("--kills", type=int, default=50, help="of what runs a campaign")
    parser.addoption("--refusing-leads", type=int, default=20_000, help="raced by their calls")
    parser.addoption("--raced-slots", type=int, default=600, help="the last ones of each cap")
    parser.addoption("--gate-sequences", type=int, default=30, help="of events, at the gate")
    parser.addoption("--mutated-bundles", type=int, default=10_000, help="for the verifier")
    parser.addoption("--trail-histories", type=int, default=100, help="with and without tamper")
    parser.addoption("--number-texts", type=int, default=170_000, help="read as a library does")
    parser.addoption("--witnessed-calls", type=int, default=2000, help="that SIPp takes down")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest, so that no process is left alone with one.

    Within a file, the tests on one stage come one after the other.
    """
    check_asleep(items)
    files: dict[Path, int] = {}
    for item in items:
        files.setdefault(item.path, len(files))

    def place(item: pytest.Item) -> int:
        path = str(item.path).removeprefix(f"{HERE}/")
        return next((at for at, one in enumerate(SLOWEST) if path.startswith(one)), len(SLOWEST))

    items.sort(key=lambda item: (place(item), files[item.path], tuple(stages_of(item))))


def pytest_collection_finish() -> None:
    """Spare the garbage collector what was imported and collected: it stays until the end."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.fixture(scope="session", autouse=True)
def broker_of_this_worker() -> Iterator[None]:
    """Give each of the processes that share the tests a broker database of its own."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(django_settings, "AUDIT_RECEIPTS", "none")  # its own tests name a place
        # Each client of a test would list every static file before it asks for its first page.
        patch.setattr(django_settings, "WHITENOISE_AUTOREFRESH", True, raising=False)
        if worker:
            url = f"{django_settings.REDIS_URL.rsplit('/', 1)[0]}/{1 + int(worker[2:])}"
            patch.setenv("REDIS_URL", url)
            patch.setattr(django_settings, "REDIS_URL", url)
            patch.setitem(django_settings.CACHES["default"], "LOCATION", url)
            caches["default"].close()  # opened while migrating, at the address of before
            del caches["default"]
        yield


@pytest.fixture
def sockets() -> Iterator[None]:
    """Open sockets to this machine and to the servers of the run, and to nothing else."""
    urls = (os.environ.get("DATABASE_URL", ""), os.environ.get("REDIS_URL", ""))
    hosts = {urlsplit(url).hostname or "127.0.0.1" for url in urls}
    pytest_socket.enable_socket()
    pytest_socket.socket_allow_hosts(["127.0.0.1", "::1", *hosts], allow_unix_socket=True)
    yield
    pytest_socket.enable_socket()  # the plugin itself bounds the next test to this machine
