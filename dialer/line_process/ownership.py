"""A trunk has one owner at a time: the process that holds its lock in the database.

The lock belongs to one database session, so it is gone the moment the process or the database
dies, and a second process never registers the same account or reaps calls that are up.
"""

from contextlib import suppress

import psycopg
from django.db import connection
from psycopg.conninfo import make_conninfo

from dialer.services.leftovers_sweep import TRUNK


class TrunkTakenError(Exception):
    """Another process owns the trunk."""


class Ownership:
    """The lock of one trunk, on a connection of its own."""

    def __init__(self, *, trunk_id: int) -> None:
        """Prepare to own the trunk; nothing is locked yet."""
        self._key = TRUNK + trunk_id
        self._session: psycopg.Connection | None = None

    def take(self) -> None:
        """Become the trunk's owner, or stay it.

        :raises TrunkTakenError: if another process owns the trunk
        :raises psycopg.OperationalError: if the database cannot be reached
        """
        if self._session is not None:
            with suppress(psycopg.OperationalError):
                self._session.execute("SELECT 1")
                return
            self.release()
        session = psycopg.connect(session_parameters(), autocommit=True)
        row = session.execute("SELECT pg_try_advisory_lock(%s)", [self._key]).fetchone()
        if row is None or not row[0]:
            session.close()
            raise TrunkTakenError("Another line process owns this trunk.")
        self._session = session

    def release(self) -> None:
        """Give the trunk up."""
        if self._session is not None:
            self._session.close()
            self._session = None


def session_parameters() -> str:
    """Return what Django connects with, without its own adapters."""
    names = ("host", "port", "dbname", "user", "password")
    params = connection.get_connection_params()
    return make_conninfo(**{name: params[name] for name in names if params.get(name)})
