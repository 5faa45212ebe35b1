"""Transaction-scoped locks of the gate: a permanent registry of keys, always taken in this order.

Each lock is its own statement, under READ COMMITTED, before anything that a decision depends on
is read: a lock taken in the statement that counts sees the count from before the lock.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import Error as DatabaseError
from django.db import connection

from compliance.round_trips import prepared

log = logging.getLogger(__name__)

SEAT = 1 << 56
NUMBER = 2 << 56
CAPS = 3 << 56  # shared while the caller numbers' and trunks' caps are far, exclusive near them
DEMO = 9 << 56  # taken by the database's own trigger between demo clock and carrier trunks


def lock_seat(seat_id: int) -> None:
    """Wait until no other decision is being taken for the seat."""
    prepared("SELECT pg_advisory_xact_lock(%s::bigint)", [SEAT + seat_id])


def lock_number(person_id: int) -> None:
    """Wait until nobody else decides on, redeems for, or refuses in the name of the person."""
    prepared("SELECT pg_advisory_xact_lock(%s::bigint)", [NUMBER + person_id])


@contextmanager
def number_held(person_id: int) -> Iterator[None]:
    """Hold the person's lock across transactions, from before a redemption until the INVITE left.

    A refusal waits that long (milliseconds) and so either voids the permit or finds the call on
    the wire, where its line ends it; it never commits between the two.
    """
    key = NUMBER + person_id
    prepared("SELECT pg_advisory_lock(%s::bigint)", [key])
    try:
        yield
    finally:
        try:
            prepared("SELECT pg_advisory_unlock(%s::bigint)", [key])
        except DatabaseError as error:  # the session is gone, and with it the lock
            log.warning("lock of a number: %s", type(error).__name__)
            connection.close()


def lock_caps(*, exclusive: bool) -> None:
    """Hold off (exclusive), or be held off by (shared), whoever counts the last free slots."""
    suffix = "" if exclusive else "_shared"
    prepared(f"SELECT pg_advisory_xact_lock{suffix}(%s::bigint)", [CAPS])
