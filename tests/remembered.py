"""Records that were made once in a run are put back as they were, row by row.

The services make a world of tests in two hundred statements; to put its rows back takes one. A
test cannot tell the difference: the ids are those of the first time, the sequences have gone on.
"""

import functools
import pickle
from collections.abc import Callable, Hashable
from typing import NamedTuple, ParamSpec, TypeVar

from django.conf import settings
from django.db import connection, transaction

from tests.emptying import NEW_EPOCH, filled

Made = TypeVar("Made")
Given = ParamSpec("Given")


class Memory(NamedTuple):
    """What was returned, and the statements that put its rows back."""

    returned: bytes
    rows: str


def remembered(make: Callable[Given, Made]) -> Callable[Given, Made]:
    """Let a function that fills an empty database do so once, and put its rows back ever after.

    It must depend on nothing but its arguments, and touch nothing but the database. If the
    database is not empty, it is called as it is. A permit among the rows cannot be spent: the
    epoch has moved on since.
    """
    memories: dict[Hashable, Memory] = {}

    @functools.wraps(make)
    def remembering(*args: Given.args, **kwargs: Given.kwargs) -> Made:
        key = (args, tuple(sorted(kwargs.items())), str(settings.KEYS_DIR))
        if _holds_something():
            return make(*args, **kwargs)
        if key not in memories:
            made = make(*args, **kwargs)
            memories[key] = Memory(returned=pickle.dumps(made), rows=_rows())
            return made
        _put_back(memories[key].rows)
        returned: Made = pickle.loads(memories[key].returned)  # noqa: S301 - our own
        return returned

    return remembering


def _holds_something() -> bool:
    """Return whether anybody has done anything: whatever is done is on the audit trail."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM audit_entry)")
        (exists,) = cursor.fetchone()
    return bool(exists)


def _put_back(rows: str) -> None:
    """Insert the rows past all triggers, which have seen them before; the epoch moves on."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(rows)
        cursor.execute("SET LOCAL session_replication_role = origin")
        cursor.execute(NEW_EPOCH)


def _rows() -> str:
    """Return the statements that insert every row there is."""
    return ";\n".join(_insert(table) for table in filled())


def _insert(table: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT array_agg(quote_ident(attname) ORDER BY attnum) FROM pg_attribute"
            " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
            " AND attgenerated = ''",
            [table],
        )
        (columns,) = cursor.fetchone()
        literals = " || ', ' || ".join(f"quote_nullable({column}::text)" for column in columns)
        cursor.execute(f"SELECT string_agg('(' || {literals} || ')', ', ') FROM {table}")
        (values,) = cursor.fetchone()
    insert = f"INSERT INTO {table} ({', '.join(columns)}) OVERRIDING SYSTEM VALUE VALUES {values}"
    if table == '"audit_pending"':  # its trigger holds for replicas, too, and has filled it again
        return f"DELETE FROM audit_pending; {insert}"
    return insert
