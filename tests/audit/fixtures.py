"""What every test that writes to the audit trail needs; import the fixtures into a conftest."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
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
    erasures = str(directory.with_name(f"{directory.name}-erasures.jsonl"))
    with override_settings(KEYS_DIR=directory, AUDIT_ERASURES=erasures):
        make_missing()
        yield directory


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
