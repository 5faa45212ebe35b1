"""Fewer waits for the database: statements sent together, and statements prepared once."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from operator import attrgetter
from typing import Any

import psycopg
from django.db import connection, models
from psycopg.types.json import Jsonb

NEVER = 1 << 62  # repetitions after which psycopg would prepare a statement unasked


@contextmanager
def sent_together() -> Iterator[None]:
    """Send the statements of the block without waiting for each; reading a result waits.

    They stay statements of their own: the server runs one after the other, and under READ
    COMMITTED each sees whatever was committed before it began. After an error none of the later
    ones is run.
    """
    connection.ensure_connection()
    with connection.wrap_database_errors, connection.connection.pipeline():
        yield


def plan_once() -> None:
    """Let this connection plan a prepared statement once, not anew for every set of values.

    Call it outside a transaction: what one that rolls back has set is lost with it.
    """
    connection.ensure_connection()
    link = connection.connection
    if link.prepare_threshold is None:  # Django's choice, which turns `prepare` off, too
        link.prepare_threshold = NEVER
        with connection.cursor() as cursor:
            cursor.execute("SET plan_cache_mode = force_generic_plan")


def prepared(
    sql: str, values: Sequence[Any] | dict[str, Any] = ()
) -> psycopg.Cursor[tuple[Any, ...]]:
    """Run a statement that the server parses and plans once for this connection."""
    plan_once()
    with connection.wrap_database_errors:
        return psycopg.Cursor(connection.connection).execute(sql, values, prepare=True)


def insert(row: models.Model) -> None:
    """Insert a new row as `save(force_insert=True)` does."""
    sql, values_of, forms = _insertion(type(row))
    values = [form(value) for form, value in zip(forms, values_of(row), strict=True)]
    prepared(sql, values)
    row._state.adding = False  # noqa: SLF001 - what Django's own save() notes on the row
    row._state.db = connection.alias  # noqa: SLF001


@cache
def _insertion(
    model: type[models.Model],
) -> tuple[str, Callable[[models.Model], tuple[Any, ...]], list[Any]]:
    meta = model._meta  # noqa: SLF001 - public by Django's documentation
    fields = meta.concrete_fields
    columns = ", ".join(f'"{field.column}"' for field in fields)
    places = ", ".join(["%s"] * len(fields))
    # Names from our own models, all of them; what a row holds goes in as parameters.
    sql = f"INSERT INTO {meta.db_table} ({columns}) VALUES ({places})"  # noqa: S608
    forms = [Jsonb if isinstance(field, models.JSONField) else _as_it_is for field in fields]
    return sql, attrgetter(*[field.attname for field in fields]), forms


def _as_it_is(value: Any) -> Any:
    return value
