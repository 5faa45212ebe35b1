"""What every test stands on: keys of this run, a database that flushes, Hypothesis profiles."""

import os
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import pytest_socket
from django.conf import settings as django_settings
from django.core.management.color import Style
from django.db.backends.postgresql.operations import DatabaseOperations
from hypothesis import HealthCheck, settings

from tests.audit.fixtures import flush_past_the_guards, keys_of_the_test_run

__all__ = ["epoch_goes_on", "flush_past_the_guards", "keys_of_the_test_run"]

PATIENT = [HealthCheck.too_slow, HealthCheck.data_too_large]
settings.register_profile("fast", deadline=None, max_examples=50, suppress_health_check=PATIENT)
settings.register_profile("ci", deadline=None, max_examples=500, suppress_health_check=PATIENT)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fast"))


@pytest.fixture(scope="session", autouse=True)
def epoch_goes_on(flush_past_the_guards: None) -> Iterator[None]:
    """Keep the epoch's one row, which a migration made, through every flush.

    It goes on counting, so that no process takes an old test's facts for a new one's.
    """
    flush = DatabaseOperations.sql_flush

    def sql_flush(
        self: DatabaseOperations,
        style: Style,
        tables: list[str],
        *,
        reset_sequences: bool = False,
        allow_cascade: bool = False,
    ) -> list[str]:
        others = [table for table in tables if table != "compliance_epoch"]
        return flush(
            self, style, others, reset_sequences=reset_sequences, allow_cascade=allow_cascade
        )

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", sql_flush)
        yield


@pytest.fixture(scope="session", autouse=True)
def broker_of_this_worker() -> Iterator[None]:
    """Give each of the processes that share the tests a broker database of its own."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    with pytest.MonkeyPatch.context() as patch:
        if worker:
            url = f"{django_settings.REDIS_URL.rsplit('/', 1)[0]}/{1 + int(worker[2:])}"
            patch.setenv("REDIS_URL", url)
            patch.setattr(django_settings, "REDIS_URL", url)
            patch.setitem(django_settings.CACHES["default"], "LOCATION", url)
        yield


@pytest.fixture
def sockets() -> Iterator[None]:
    """Open sockets to this machine and to the servers of the run, and to nothing else."""
    urls = (os.environ.get("DATABASE_URL", ""), os.environ.get("REDIS_URL", ""))
    hosts = {urlsplit(url).hostname or "127.0.0.1" for url in urls}
    pytest_socket.enable_socket()
    pytest_socket.socket_allow_hosts(["127.0.0.1", "::1", *hosts], allow_unix_socket=True)
    yield
    pytest_socket.disable_socket(allow_unix_socket=True)
