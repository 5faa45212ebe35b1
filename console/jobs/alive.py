"""Whether a job's worker lives: it holds the job's lock on a connection that dies with it."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

JOB = 15 << 56  # beside the keys of compliance.locks
PLACE = 16 << 56
PLACES = 2  # jobs at once: the other threads of the worker keep the ticks of dialling
_BITS = (1 << 56) - 1


@contextmanager
def at_work(job_id: UUID) -> Iterator[bool]:
    """Hold the lock of one job and a place; False if another worker has it, or no place is free.

    On a connection of its own, whatever the work does to the thread's.
    """
    own = connection.copy()
    try:
        places = (PLACE + place for place in range(PLACES))
        yield _takes(own, _key(job_id)) and any(_takes(own, place) for place in places)
    finally:
        own.close()


def _takes(own: BaseDatabaseWrapper, key: int) -> bool:
    with own.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
        (taken,) = cursor.fetchone()
    return bool(taken)


def is_alive(job_id: UUID) -> bool:
    """Return whether some worker holds the job."""
    with connection.cursor() as cursor:
        # Shared, so that two who look at once do not take each other for its worker.
        cursor.execute("SELECT pg_try_advisory_lock_shared(%s)", [_key(job_id)])
        (free,) = cursor.fetchone()
        if free:
            cursor.execute("SELECT pg_advisory_unlock_shared(%s)", [_key(job_id)])
    return not free


def _key(job_id: UUID) -> int:
    return JOB | (job_id.int & _BITS)
