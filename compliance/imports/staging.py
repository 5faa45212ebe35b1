"""Where the rows of an import wait: two tables of its own, written block by block with COPY.

They are unlogged: quick to write, and empty after a crash of the database server, upon which
`is_whole` says no and the list is read again. They hold numbers only sealed and behind their blind
index, as every other table does, and the cells of a rejected row only sealed.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection
from psycopg import sql

from compliance.imports import binary
from compliance.imports.people import FIELDS
from compliance.lists import Reject
from compliance.vault import seal, unseal

_ADD_PEOPLE = """
INSERT INTO compliance_person
    (number_index, number_sealed, masked, number_class, provinces, places_version, created_at)
SELECT DISTINCT ON (number_index)
    number_index, number_sealed, masked, number_class, string_to_array(provinces, ','),
    places_version, %(now)s
FROM {staged} s
WHERE NOT EXISTS (SELECT 1 FROM compliance_person p WHERE p.number_index = s.number_index)
ORDER BY number_index
ON CONFLICT (number_index) DO NOTHING
"""  # in one order for everybody: two imports at once wait for each other and never deadlock

_REJECTED = {"line": "int8", "code": "text", "masked": "text", "zh": "text", "en": "text",
             "cells": "bytea"}  # fmt: skip
SCHEMA = "yunhu_import"  # on nobody's search_path
PAGE = 5_000  # rejects read at a time


class StagedReject(NamedTuple):
    """A row that was not accepted, as it waits."""

    line: int
    code: str
    masked: str
    zh: str
    en: str
    raw: tuple[str, ...]


class Staging:
    """The two tables of one import."""

    def __init__(self, number: int, fields: Mapping[str, str]) -> None:
        """Name them; `fields` (name and type) stand beside the person's own."""
        self._number = number
        self._fields = {**FIELDS, **fields}
        self.row_head = binary.row_head(len(self._fields))
        self._staged = sql.Identifier(SCHEMA, f"import_{number}_staged")
        self._rejected = sql.Identifier(SCHEMA, f"import_{number}_rejected")

    def create(self) -> None:
        """Make the tables, empty."""
        self.drop()
        self._create(self._staged, self._fields)
        self._create(self._rejected, _REJECTED)

    def drop(self) -> None:
        """Let go of everything that was staged."""
        self._run("DROP TABLE IF EXISTS {staged}, {rejected}")

    def is_whole(self, *, accepted: int, rejected: int) -> bool:
        """Tell whether everything that was staged is still there."""
        with connection.cursor() as cursor:
            cursor.execute(
                self._filled(
                    "SELECT to_regclass({staged_name}) IS NOT NULL"
                    " AND to_regclass({rejected_name}) IS NOT NULL"
                )
            )
            if not cursor.fetchone()[0]:
                return False
        counts = self.rows(
            "SELECT (SELECT count(*) FROM {staged}), (SELECT count(*) FROM {rejected})"
        )
        return counts == [(accepted, rejected)]

    def copy(self, rows: bytes) -> None:
        """Add rows in the binary format, each begun with `row_head`."""
        self._copy(self._staged, self._fields, rows)

    def copy_rejects(self, rejects: Iterable[Reject]) -> None:
        """Add rows that were not accepted."""
        head = binary.row_head(len(_REJECTED))
        rows = b"".join(head + self._reject_cells(one) for one in rejects)
        if rows:
            self._copy(self._rejected, _REJECTED, rows)

    def rejects(self) -> Iterator[StagedReject]:
        """Read the rows that were not accepted, in the order of the file."""
        last = -1
        while page := self.rows(
            "SELECT line, code, masked, zh, en, cells FROM {rejected} WHERE line > %(last)s"
            " ORDER BY line LIMIT %(page)s",
            last=last,
            page=PAGE,
        ):
            for line, code, masked, zh, en, cells in page:
                raw = json.loads(unseal(bytes(cells), bound_to=self._place(line)))
                yield StagedReject(line, code, masked, zh, en, tuple(raw))
            last = page[-1][0]

    def unstage(self, lines: list[int]) -> None:
        """Take rows out again."""
        self._run("DELETE FROM {staged} WHERE line = ANY(%(lines)s)", lines=lines)

    def add_people(self, *, now: datetime) -> int:
        """Add the staged people that nobody has yet. Return how many."""
        return self._run(_ADD_PEOPLE, now=now)

    def analyze(self) -> None:
        """Let the planner know how many rows there are."""
        self._run("ANALYZE {staged}")

    def rows(self, statement: str, **values: Any) -> list[tuple[Any, ...]]:
        """Run a statement over `{staged}` and `{rejected}`; return what it answers."""
        with connection.cursor() as cursor:
            cursor.execute(self._filled(statement), values)
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return found

    def _run(self, statement: str, **values: Any) -> int:
        with connection.cursor() as cursor:
            cursor.execute(self._filled(statement), values)
            return int(cursor.rowcount)

    def _filled(self, statement: str) -> sql.Composed:
        names = {"staged": self._staged, "rejected": self._rejected}
        quoted = {f"{key}_name": sql.Literal(name.as_string()) for key, name in names.items()}
        return sql.SQL(statement).format(**names, **quoted)

    def _create(self, table: sql.Identifier, fields: Mapping[str, str]) -> None:
        cells = sql.SQL(", ").join(
            sql.SQL("{} {} {}").format(
                sql.Identifier(name),
                sql.SQL(kind),
                sql.SQL("PRIMARY KEY" if table is self._rejected and name == "line" else ""),
            )
            for name, kind in fields.items()
        )
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL("CREATE UNLOGGED TABLE {} ({})").format(table, cells))

    def _copy(self, table: sql.Identifier, fields: Mapping[str, str], rows: bytes) -> None:
        names = sql.SQL(", ").join(map(sql.Identifier, fields))
        statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(table, names)
        with connection.cursor() as cursor, cursor.copy(statement) as copy:
            copy.write(binary.HEADER)
            copy.write(rows)
            copy.write(binary.TRAILER)

    def _reject_cells(self, one: Reject) -> bytes:
        raw = seal(json.dumps(one.raw, ensure_ascii=False), bound_to=self._place(one.line))
        texts = (one.code.value, one.value_masked, one.zh, one.en)
        cells = (binary.integer(one.line), *map(binary.text, texts), binary.binary(raw))
        return b"".join(cells)

    def _place(self, line: int) -> bytes:
        return f"import:{self._number}:{line}".encode()
