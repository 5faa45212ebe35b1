"""Rows as digests, in chunks by primary key, so that a change is found without every old row.

A chunk is the digests of its rows, each behind its key: 8 bytes and 32, in the order of the keys.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping

from django.db import connection

from audit.digests.registers import Register

ROWS = 16_384  # keys of one chunk
_ENTRY = 40

# How a row is written depends on these and on nothing else that a session can set.
_CANONICAL = (
    "SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO, YMD'; SET LOCAL IntervalStyle ="
    " 'postgres'; SET LOCAL bytea_output = 'hex'; SET LOCAL extra_float_digits = 1"
)


def chunks(register: Register) -> Iterator[tuple[int, bytes]]:
    """Yield the number and the content of each chunk that has rows, in their order.

    It belongs to a transaction: how rows are written is set for that one.
    """
    key, table = f'"{register.key}"', f'"{register.table}"'
    row = ", ".join(f't."{column}"' for column in register.columns)
    # Names of our own models, all of them.
    least = f"SELECT min({key}) FROM {table} WHERE {key} >= %s"  # noqa: S608  # nosec B608
    read = (
        f"SELECT string_agg(int8send({key}) || sha256(convert_to(ROW({row})::text, 'UTF8')),"  # noqa: S608  # nosec B608
        f" ''::bytea ORDER BY {key}) FROM {table} t WHERE {key} >= %s AND {key} < %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(_CANONICAL)
        at = 0
        while True:
            cursor.execute(least, [at])
            (first,) = cursor.fetchone()
            if first is None:
                return
            number = first // ROWS
            cursor.execute(read, [number * ROWS, (number + 1) * ROWS])
            (content,) = cursor.fetchone()
            if content is not None:
                yield number, bytes(content)
            at = (number + 1) * ROWS


def rows_of(content: bytes) -> dict[int, bytes]:
    """Return the digest of each row of a chunk by its key."""
    return {
        int.from_bytes(content[at : at + 8]): content[at + 8 : at + _ENTRY]
        for at in range(0, len(content), _ENTRY)
    }


class Sum:
    """The digest of a whole register: over the digests of its chunks."""

    def __init__(self, *, name: str, shape: str) -> None:
        """Begin; what is summed is bound to the register and its columns."""
        self._sum = hashlib.sha256(f"yunhu-state/1\n{name}\n{shape}\n".encode())
        self.rows = 0

    def add(self, number: int, content: bytes) -> None:
        """Take in the next chunk."""
        self._sum.update(number.to_bytes(8) + hashlib.sha256(content).digest())
        self.rows += len(content) // _ENTRY

    def hexdigest(self) -> str:
        """Return the digest of what was taken in."""
        return self._sum.hexdigest()


def sum_of(kept: Iterable[tuple[int, bytes]], *, name: str, shape: str) -> str:
    """Return the digest of chunks that are kept."""
    summed = Sum(name=name, shape=shape)
    for number, content in kept:
        summed.add(number, content)
    return summed.hexdigest()


def kept_chunks(name: str) -> dict[int, bytes]:
    """Return the chunks of a register as of its last digest."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT chunk, rows FROM audit_state_chunk WHERE register = %s ORDER BY chunk", [name]
        )
        return {number: bytes(content) for number, content in cursor.fetchall()}


def keep(name: str, changed: Mapping[int, bytes], *, gone: Iterable[int]) -> None:
    """Keep the chunks that are not as they were, for the next digest."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM audit_state_chunk WHERE register = %s AND chunk = ANY(%s)",
            [name, list(gone)],
        )
        for number, content in changed.items():
            cursor.execute(
                "INSERT INTO audit_state_chunk (register, chunk, rows) VALUES (%s, %s, %s)"
                " ON CONFLICT (register, chunk) DO UPDATE SET rows = EXCLUDED.rows",
                [name, number, content],
            )
