"""The database of a test run: migrated once for each state of the code, then copied.

Migrating takes seconds, for every process of every run; a copy takes a tenth of one. The
template stays on the server, and its name says from which migrations it was made.
"""

import hashlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
import pytest
from django.core.management import call_command
from django.db import connection
from django.db.backends.utils import CursorWrapper
from pytest_django import DjangoDbBlocker

from tests.emptying import NEW_LOG

ROOT = Path(__file__).resolve().parent.parent
MADE_FROM = (
    "*/migrations/*.py",
    "*/models/*.py",
    "*/models.py",
    "requirements.txt",
    "tests/emptying.py",
)
PREFIX = "yunhu_template_"
LOCK = 0x59756E6875  # one process of all that share the server makes or copies it at a time


def template_name() -> str:
    """Return the name that a template made from the files as they are has."""
    digest = hashlib.sha256()
    for path in sorted({path for pattern in MADE_FROM for path in ROOT.glob(pattern)}):
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return PREFIX + digest.hexdigest()[:24]


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    django_test_environment: None,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[None]:
    """Give this process a database of its own, as pytest-django does, only sooner."""
    with django_db_blocker.unblock():
        worker = getattr(request.config, "workerinput", {}).get("workerid", "")
        name = "_".join(filter(None, ["test", connection.settings_dict["NAME"], worker]))
        with _server() as cursor:
            _make_template(cursor, template_name())
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template_name()}"')
            # No test pulls the plug on the server of the run: no commit need wait for its disk.
            cursor.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
        with _connected_to(name):
            yield
        with _server() as cursor:
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def _server() -> Iterator[CursorWrapper]:
    """Hold a session of the server, outside of any of our databases, and the lock."""
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        yield cursor


def _make_template(cursor: CursorWrapper, name: str) -> None:
    """Migrate a new database, unless that is done, and drop those of earlier states."""
    cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX])
    there = {found for (found,) in cursor.fetchall()}
    if name in there:
        return
    for earlier in there:
        cursor.execute(f'DROP DATABASE "{earlier}" WITH (FORCE)')
    half = f"{PREFIX}half"  # so that a half-made one is never used
    cursor.execute(f'CREATE DATABASE "{half}"')
    with _connected_to(half):
        call_command("migrate", verbosity=0, interactive=False)
        with connection.cursor() as ours:
            ours.execute(NEW_LOG)
    cursor.execute(f'ALTER DATABASE "{half}" RENAME TO "{name}"')


@contextmanager
def _connected_to(name: str) -> Iterator[None]:
    """Let this process's connection be one to that database."""
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


def main() -> int:
    """Make the template before anybody needs it: `python -m tests.template`."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    with _server() as cursor:
        _make_template(cursor, template_name())
    return 0


if __name__ == "__main__":
    sys.exit(main())
