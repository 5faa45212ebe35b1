"""Somebody who has the database's password, and none of the keys."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection

TABLES = (
    *("permit", "decision", "person", "consent", "refusal", "campaignfiling", "trunk"),
    *("callernumber", "epoch", "killswitch", "democlock", "seat", "whitelist"),
)


@contextmanager
def triggers_off() -> Iterator[None]:
    """Do as the owner of the tables can: switch off every trigger of ours."""
    _switch("DISABLE")
    try:
        yield
    finally:
        _switch("ENABLE")


@contextmanager
def unseen() -> Iterator[None]:
    """Write past every trigger and foreign key, as a superuser can: nothing is voided or moved."""
    sql("SET LOCAL session_replication_role = replica")
    try:
        yield
    finally:
        sql("SET LOCAL session_replication_role = origin")


def change(table: str, what: str, where: str = "true") -> str:
    """Write an UPDATE of one of our tables."""
    return " ".join(["UPDATE", f"compliance_{table}", "SET", what, "WHERE", where])


def sql(statement: str, parameters: Sequence[Any] = ()) -> int:
    """Run one statement as it is; return how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return int(cursor.rowcount)


def _switch(how: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in TABLES:
            cursor.execute(f"ALTER TABLE compliance_{table} {how} TRIGGER USER")


def copied(table: str, **changes: int) -> str:
    """Return the statement that writes a row once more, of somebody or something else."""
    changed = ", ".join(f"'{column}', {value}" for column, value in changes.items())
    return (
        f"INSERT INTO {table} OVERRIDING SYSTEM VALUE"
        f" SELECT (jsonb_populate_record(x, jsonb_build_object({changed}))).*"
        f" FROM {table} x LIMIT 1"
    )
