"""The way of a list into the database: COPY into a temporary table, then set SQL.

Everything happens in the caller's transaction. The table lives no longer than that, and holds
numbers only sealed and behind their blind index, as every other table does.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import connection
from psycopg import sql

from compliance.numbers import Number, localities, mask
from compliance.vault import number_index, seal

TABLE = "import_staged"
PERSON = {
    "line": "int8",  # in the file
    "number_index": "bytea",
    "number_sealed": "bytea",
    "masked": "text",
    "number_class": "text",
    "provinces": "text",  # codes with commas between them
    "places_version": "text",
}
PREFIX = slice(3, 10)  # seven digits after +86, which decide about the provinces

_ADD_PEOPLE = """
INSERT INTO compliance_person
    (number_index, number_sealed, masked, number_class, provinces, places_version, created_at)
SELECT DISTINCT ON (number_index)
    number_index, number_sealed, masked, number_class, string_to_array(provinces, ','),
    places_version, %s
FROM import_staged s
WHERE NOT EXISTS (SELECT 1 FROM compliance_person p WHERE p.number_index = s.number_index)
ORDER BY number_index
ON CONFLICT (number_index) DO NOTHING
"""  # in one order for everybody: two imports at once wait for each other and never deadlock

Stage = Callable[..., None]


@contextmanager
def staging(*, columns: Mapping[str, str]) -> Iterator[None]:
    """Have the temporary table, with `columns` (name and type) beside the person's own."""
    fields = sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(kind))
        for name, kind in {**PERSON, **columns}.items()
    )
    table = sql.Identifier(TABLE)
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("CREATE TEMPORARY TABLE {} ({}) ON COMMIT DROP").format(table, fields)
        )
        yield
        cursor.execute(sql.SQL("DROP TABLE {}").format(table))


@contextmanager
def copying(*, columns: Mapping[str, str]) -> Iterator[Stage]:
    """Give out the function that stages one row: `stage(line, number, index, *values)`."""
    names = {**PERSON, **columns}
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(
        sql.Identifier(TABLE), sql.SQL(", ").join(map(sql.Identifier, names))
    )
    with connection.cursor() as cursor:
        with cursor.copy(statement) as copy:
            copy.set_types(list(names.values()))
            places: dict[tuple[str, str], tuple[str, str]] = {}

            def stage(line: int, number: Number, index: bytes, *values: object) -> None:
                copy.write_row((line, *_person(number, index, places), *values))

            yield stage
        cursor.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(TABLE)))


def add_people(*, now: datetime) -> int:
    """Add the staged people that nobody has yet. Return how many."""
    return execute(_ADD_PEOPLE, [now])


def execute(statement: str, values: list[Any]) -> int:
    """Run one statement over the staged rows; return how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def _person(
    number: Number, index: bytes, places: dict[tuple[str, str], tuple[str, str]]
) -> tuple[bytes, bytes, str, str, str, str]:
    e164 = number.e164
    prefix = number.number_class, e164[PREFIX]
    found = places.get(prefix)
    if found is None:
        there = localities(e164)
        found = places[prefix] = ",".join(there.provinces), there.source
    sealed = seal(e164, bound_to=index)
    return index, sealed, mask(e164), number.number_class.value, *found


def index_of(number: Number) -> bytes:
    """Return the blind index of a number, to which its person's sealed fields are bound."""
    return number_index(number.e164)
