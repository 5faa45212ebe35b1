"""Rows in the binary format of PostgreSQL's COPY, built from cells that rarely change.

https://www.postgresql.org/docs/current/sql-copy.html: a header, for every row the number of its
cells, for every cell its length and bytes, and a trailer.
"""

import struct
from datetime import UTC, date, datetime, timedelta

HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"
NULL = b"\xff\xff\xff\xff"
NOTHING = bytes(4)  # an empty text or bytea
TRUE, FALSE = b"\0\0\0\x01\x01", b"\0\0\0\x01\x00"

_length = struct.Struct(">i").pack
_integer = struct.Struct(">iq").pack
_short = struct.Struct(">ii").pack
_count = struct.Struct(">h").pack
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def row_head(cells: int) -> bytes:
    """Begin a row of so many cells."""
    return _count(cells)


def integer(value: int) -> bytes:
    """Write an int8."""
    return _integer(8, value)


def binary(value: bytes) -> bytes:
    """Write a bytea."""
    return _length(len(value)) + value


def text(value: str) -> bytes:
    """Write a text."""
    return binary(value.encode())


def day(value: date | None) -> bytes:
    """Write a date."""
    return NULL if value is None else _short(4, value.toordinal() - _EPOCH.toordinal())


def truth(value: bool) -> bytes:  # noqa: FBT001  a cell is no option
    """Write a bool."""
    return TRUE if value else FALSE


def moment(value: datetime | None) -> bytes:
    """Write a timestamptz."""
    return NULL if value is None else _integer(8, (value - _EPOCH) // _MICROSECOND)
