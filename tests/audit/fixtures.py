"""What every test that writes to the audit trail needs; import the fixtures into a conftest."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management.color import Style
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations
from django.test import override_settings

from audit.keys import make_missing

GUARDED = {
    "audit_entry": "audit_entry_deny",
    "audit_pending": "audit_pending_deny",
    "audit_pii": "audit_pii_deny",
}


@pytest.fixture(scope="session", autouse=True)
def keys_of_the_test_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Make keys in a folder of this run, so that no test touches the deployment's."""
    directory = tmp_path_factory.mktemp("keys", numbered=True)
    directory.chmod(0o700)
    with override_settings(KEYS_DIR=directory):
        make_missing()
        yield directory


@pytest.fixture(scope="session", autouse=True)
def flush_past_the_guards() -> Iterator[None]:
    """Let Django empty the test database after a transactional test.

    Append-only tables refuse TRUNCATE, as they must. Django's flush is one transaction: here it
    opens with switching those triggers off, as the owner of the tables can, and ends with
    switching them on as they were, so that no test ever runs without them. It holds for every
    table with such a trigger. Nothing of this exists outside the test run.
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
        emptied = flush(
            self, style, tables, reset_sequences=reset_sequences, allow_cascade=allow_cascade
        )
        guards = truncate_guards(tables)
        off = [f"ALTER TABLE {table} DISABLE TRIGGER {name}" for table, name, _ in guards]
        on = [f"ALTER TABLE {table} {mode} TRIGGER {name}" for table, name, mode in guards]
        return [*off, *emptied, *on]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", sql_flush)
        yield


def truncate_guards(tables: list[str]) -> list[tuple[str, str, str]]:
    """Return table, trigger and how to switch it on, for what refuses to empty the tables."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT quote_ident(relname), quote_ident(tgname),
                CASE tgenabled WHEN 'A' THEN 'ENABLE ALWAYS' ELSE 'ENABLE' END
            FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
            WHERE relname = ANY(%s) AND tgtype & 32 <> 0 AND tgenabled IN ('A', 'O')
            ORDER BY 1, 2
            """,  # 32 is TRIGGER_TYPE_TRUNCATE
            [tables],
        )
        guards: list[tuple[str, str, str]] = cursor.fetchall()
    return guards


def guards_off() -> None:
    """Do what an administrator of the database can do, for the rest of this transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table, guard in GUARDED.items():
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {guard}")


def execute(sql: str) -> int:
    """Run one statement as it is; return the number of rows that it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.rowcount)
