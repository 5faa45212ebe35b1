"""Transaction-scoped locks of the gate: a permanent registry of keys, always taken in this order.

Locks have a statement of their own, under READ COMMITTED, before anything that a decision depends
on is read: a lock taken in the statement that counts sees the count from before the lock.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import Error as DatabaseError
from django.db import connection

from audit.round_trips import Statement, send_together

log = logging.getLogger(__name__)

SEAT = 1 << 56
NUMBER = 2 << 56
CAPS = 3 << 56  # shared while the caller numbers' and trunks' caps are far, exclusive near them
# 4, 5 and 7 are the dialler's: a campaign's turn, who owns a trunk and who an account at it; 12
# is the sequencer's; 15 and 16 are the console's jobs.
IMPORT = 6 << 56  # held by the process that works on an import, for as long as it lives
DEMO = 9 << 56  # taken by the database's own trigger between demo clock and carrier trunks
SUSPENSIONS = 11 << 56  # held by whoever counts complaints towards a suspension
RULE_HOURS = 13 << 56  # held by whoever counts an hour's answers
PROOFS = 14 << 56  # held by whoever counts the codes sent to a number

# One statement takes the three in their order and reads nothing besides.
_LOCK_CALL = {
    alone: "SELECT pg_advisory_xact_lock($1::bigint), pg_advisory_xact_lock($2::bigint),"
    f" pg_advisory_xact_lock{suffix}($3::bigint)"
    for alone, suffix in ((False, "_shared"), (True, ""))
}


def call_lock(*, seat_id: int, person_id: int, caps_alone: bool) -> Statement:
    """Return what waits until no other decision is being taken for the seat or for the person.

    And what holds off (`caps_alone`), or is held off by, whoever counts the last free slots of a
    caller number or a trunk.
    """
    return Statement(_LOCK_CALL[caps_alone], [SEAT + seat_id, NUMBER + person_id, CAPS])


def lock_number(person_id: int) -> None:
    """Wait until nobody else decides on, redeems for, or refuses in the name of the person."""
    _lock("pg_advisory_xact_lock", NUMBER + person_id)


def lock_suspensions() -> None:
    """Wait until nobody else counts complaints towards a suspension."""
    _lock("pg_advisory_xact_lock", SUSPENSIONS)


def lock_proofs(number_index: bytes) -> None:
    """Wait until nobody else counts the codes sent to the number."""
    _lock("pg_advisory_xact_lock", PROOFS + int.from_bytes(number_index[:6]))


def lock_rule_hours() -> None:
    """Wait until nobody else counts what rules answered."""
    _lock("pg_advisory_xact_lock", RULE_HOURS)


@contextmanager
def number_held(person_id: int) -> Iterator[None]:
    """Hold the person's lock across transactions, from before a redemption until the INVITE left.

    A refusal waits that long (milliseconds) and so either voids the permit or finds the call on
    the wire, where its line ends it; it never commits between the two.
    """
    key = NUMBER + person_id
    _lock("pg_advisory_lock", key)
    try:
        yield
    finally:
        try:
            _lock("pg_advisory_unlock", key)
        except DatabaseError as error:  # the session is gone, and with it the lock
            log.warning("lock of a number: %s", type(error).__name__)
            connection.close()


def _lock(function: str, key: int) -> None:
    send_together(Statement(f"SELECT {function}($1::bigint)", [key]))
