"""Fewer waits for the database: statements that go out in one message, prepared once.

A permit is as slow as the waits of its transaction, and every statement that Django's cursor runs
is one. Here a message carries several; the server still runs them one after the other, and under
READ COMMITTED each sees whatever was committed before it began.
"""

import json
import select
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from enum import Enum
from functools import cache
from itertools import count
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID
from weakref import WeakKeyDictionary

import psycopg
from django.db import connection, models
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus, Format, TransactionStatus
from psycopg.pq.abc import PGresult

_TEXT, _BINARY = int(Format.TEXT), int(Format.BINARY)
_prepared: WeakKeyDictionary[psycopg.Connection[Any], dict[str, bytes]] = WeakKeyDictionary()
_numbers = count(1)
_json = json.JSONEncoder(ensure_ascii=False).encode


class Statement(NamedTuple):
    """One SQL statement with `$1`, `$2` … and the values that stand for them."""

    sql: str
    values: Sequence[Any] = ()


class Message:
    """Statements on their way to the database; their results are here when the message has ended.

    The database works on what `send` was given while the caller goes on. What was only added goes
    out with the next `send`, or at the end: every call to the network costs what a rule does not.
    """

    def __init__(self, link: psycopg.Connection[Any]) -> None:
        self.results: list[PGresult] = []
        self._link = link
        self._known = _prepared.setdefault(link, {})
        self._new: dict[str, bytes] = {}
        self._asked: list[bool] = []  # of each answer to come: whether it is a statement's own

    def send(self, *statements: Statement) -> None:
        """Send statements, and wait for nothing."""
        self.add(*statements)
        self._flush()

    def add(self, *statements: Statement) -> None:
        """Put statements behind those that were given before, to be sent with the next ones."""
        pgconn = self._link.pgconn
        for sql, values in statements:
            name = self._known.get(sql) or self._new.get(sql) or self._prepare(sql)
            forms = [_FORMS[type(value)](value) for value in values]
            formats = [_BINARY if type(value) is bytes else _TEXT for value in values]
            pgconn.send_query_prepared(name, forms, formats)
            self._asked.append(True)

    def _prepare(self, sql: str) -> bytes:
        self._new[sql] = name = b"yunhu_%d" % next(_numbers)
        self._link.pgconn.send_prepare(name, sql.encode())
        self._asked.append(False)
        return name

    def _flush(self) -> None:
        pgconn = self._link.pgconn
        while pgconn.flush():
            readable, _, _ = select.select([pgconn.socket], [pgconn.socket], [])
            if readable:
                pgconn.consume_input()

    def end(self) -> None:
        """Wait for every answer.

        :raises psycopg.Error: if the database refused a statement; it ran none of the later ones
        """
        self._link.pgconn.pipeline_sync()
        self._flush()
        for asked in self._asked:
            result = self._next()
            assert result is not None  # noqa: S101 - one answer each, by the protocol
            self._next()  # libpq ends each statement's answers with none
            if asked or result.status == ExecStatus.FATAL_ERROR:
                self.results.append(result)
        self._next()  # the answer to the sync
        self._link.pgconn.exit_pipeline_mode()

    def _next(self) -> PGresult | None:
        pgconn = self._link.pgconn
        while pgconn.is_busy():
            select.select([pgconn.socket], [], [])
            pgconn.consume_input()
        return pgconn.get_result()

    def check(self) -> None:
        """Raise the error that an answer tells of, if one does."""
        for result in self.results:
            if result.status == ExecStatus.FATAL_ERROR:
                raise error_from_result(result)
        self._known.update(self._new)


@contextmanager
def one_message(*, commit: bool = False) -> Iterator[Message]:
    """Send statements as the block goes on, and wait once, at its end.

    Use it inside `atomic()`. With `commit` the COMMIT goes along if the innermost `atomic()` is
    the outermost one; it commits for good then, so nothing may follow the block there. After an
    error none of the later statements is run.

    :raises DatabaseError: as Django's cursors do; then nothing was committed, unless the
        connection broke on the way
    """
    connection.ensure_connection()
    link = connection.connection
    begin = link.pgconn.transaction_status == TransactionStatus.IDLE and not link.autocommit
    commit = commit and not connection.savepoint_ids
    with connection.wrap_database_errors, link.lock:
        message = Message(link)
        link.pgconn.enter_pipeline_mode()
        try:
            if begin:
                message.add(Statement("BEGIN"))
            yield message
            if commit:
                message.add(Statement("COMMIT"))
            message.end()
        except BaseException:  # half a conversation: nobody may go on with it
            link.close()
            raise
        message.check()
        if commit and message.results.pop().command_status != b"COMMIT":
            raise psycopg.InternalError("The database did not commit.")
        if begin:
            del message.results[0]


def send_together(*statements: Statement) -> list[PGresult]:
    """Send statements in one message, wait once, and return the result of each."""
    with one_message() as message:
        message.add(*statements)
    return message.results


def insertion(row: models.Model) -> Statement:
    """Return the statement that inserts a new row, all its columns."""
    sql, values_of, forms = _insertion(type(row))
    values = [form(value) for form, value in zip(forms, values_of(row), strict=True)]
    return Statement(sql, values)


@cache
def _insertion(
    model: type[models.Model],
) -> tuple[str, Callable[[models.Model], tuple[Any, ...]], Sequence[Callable[[Any], Any]]]:
    meta = model._meta  # noqa: SLF001 - public by Django's documentation
    fields = meta.concrete_fields
    columns = ", ".join(f'"{field.column}"' for field in fields)
    places = ", ".join(f"${number}" for number in range(1, len(fields) + 1))
    # Names from our own models, all of them; what a row holds goes in as parameters.
    sql = f"INSERT INTO {meta.db_table} ({columns}) VALUES ({places})"  # noqa: S608  # nosec B608
    forms = [_json if isinstance(field, models.JSONField) else _itself for field in fields]
    return sql, attrgetter(*[field.attname for field in fields]), forms


def _itself(value: Any) -> Any:
    return value


def _text(value: str) -> bytes:
    if "\0" in value:  # libpq would take what stands before it, and say nothing
        raise ValueError("A text with a NUL in it has no place in the database.")
    return value.encode()


class _Forms(dict[type, Callable[[Any], bytes | None]]):
    """How a value of each type is written; the server reads it as its column's type."""

    def __missing__(self, kind: type) -> Callable[[Any], bytes | None]:
        if not issubclass(kind, Enum):
            raise TypeError(f"A {kind.__name__} has no place in a statement.")
        self[kind] = form = lambda value: self[type(value.value)](value.value)
        return form


_FORMS = _Forms(
    {
        type(None): lambda _: None,
        bool: lambda value: b"t" if value else b"f",
        int: lambda value: b"%d" % value,
        str: _text,
        bytes: _itself,
        UUID: lambda value: str(value).encode(),
        datetime: lambda value: value.isoformat().encode(),
    }
)
