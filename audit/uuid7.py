"""Time-ordered identifiers: UUID version 7 (RFC 9562) from a given instant."""

import os
import uuid
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_VERSION = 0x7 << 76
_VARIANT = 0b10 << 62
_RANDOM = (0xFFF << 64) | ((1 << 62) - 1)  # rand_a and rand_b, 74 bits


def uuid7(now: datetime) -> uuid.UUID:
    """Return a fresh identifier that sorts by `now` (milliseconds) and is otherwise random.

    :raises ValueError: if `now` is naive or before 1970
    """
    milliseconds = milliseconds_of(now)
    random = int.from_bytes(os.urandom(10)) & _RANDOM
    return uuid.UUID(int=(milliseconds << 80) | _VERSION | _VARIANT | random)


def milliseconds_of(now: datetime) -> int:
    """Return the whole milliseconds since 1970, which an identifier made at `now` starts with.

    :raises ValueError: as `uuid7`
    """
    if now.tzinfo is None:
        raise ValueError("An identifier needs an aware instant.")
    milliseconds = (now - _EPOCH) // _MILLISECOND
    if milliseconds < 0:
        raise ValueError("An identifier cannot be older than 1970.")
    return milliseconds
