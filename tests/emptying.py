"""Empty the database after a transactional test: only what has rows, and without asking Django.

Django empties every table and then makes its content types and permissions anew. With
eighty tables that costs more than most tests do.
"""

from collections.abc import Iterator
from functools import cache

import pytest
from django.db import connection, transaction
from django.test import TransactionTestCase

# What migrations made stays. The epoch goes on counting, so that no process takes an old test's
# facts for a new one's.
KEPT = {"audit_state", "auth_permission", "compliance_epoch", "django_content_type"}
NEW_EPOCH = "UPDATE compliance_epoch SET value = nextval('compliance_epoch_values')"
# No sequencer runs beside the tests, and the gate closes a quarter of an hour after the last
# sealing: for a test that says nothing else, everything is sealed for long.
NEW_LOG = (
    "UPDATE audit_state SET epoch = 1, origin = '', size = 0, root = sha256(''), stopped = '',"
    " stopped_at = NULL, quarantined = 0, sealed_until = '2999-01-01 00:00:00+00'"
)


@cache
def tables() -> tuple[str, ...]:
    """Return the tables that tests fill, quoted."""
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    return tuple(connection.ops.quote_name(name) for name in sorted(set(names) - KEPT))


def filled() -> list[str]:
    """Return the tables that have rows, in one query."""
    parts = (f"SELECT '{table}' WHERE EXISTS (SELECT FROM {table})" for table in tables())
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts))
        return [table for (table,) in cursor.fetchall()]


def empty() -> None:
    """Delete every row that a test may have left, past the triggers that refuse it.

    It is one transaction, of the owner of the tables and a superuser. As a replica the session
    skips ordinary triggers; those that hold even then are off until it commits. So no test ever
    runs without them. Nothing of this exists outside the test run.
    """
    left = filled()
    if not left:
        return
    guards = _guards_that_always_hold(left)
    statements = [
        "SET LOCAL session_replication_role = replica",
        *(f"ALTER TABLE {table} DISABLE TRIGGER {guard}" for table, guard in guards),
        *(f"DELETE FROM {table}" for table in left),
        *(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {guard}" for table, guard in guards),
        NEW_EPOCH,
        NEW_LOG,
    ]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("; ".join(statements))


@pytest.fixture(scope="session", autouse=True)
def emptied_at_once() -> Iterator[None]:
    """Empty the database as said here after every transactional test."""

    def teardown(_: TransactionTestCase) -> None:
        empty()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", teardown)
        yield


def _guards_that_always_hold(names: list[str]) -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT quote_ident(relname), quote_ident(tgname) FROM pg_trigger"
            " JOIN pg_class ON pg_class.oid = tgrelid"
            " WHERE tgenabled = 'A' AND NOT tgisinternal AND quote_ident(relname) = ANY(%s)"
            " AND tgtype & 8 <> 0",  # TRIGGER_TYPE_DELETE, as in catalog/pg_trigger.h
            [[name.strip('"') for name in names]],
        )
        guards: list[tuple[str, str]] = cursor.fetchall()
    return guards
