"""A trunk, and an account at a carrier, has one owner at a time: who holds its database lock.

The lock belongs to one database session, so it is gone the moment the process or the database
dies, and a second process never registers the same account or reaps calls that are up.
"""

import hashlib
from contextlib import suppress

import psycopg
from django.db import connection
from psycopg.conninfo import make_conninfo

from dialer.services.leftovers_sweep import TRUNK

ACCOUNT = 7 << 56  # beside the trunk's own lock: two trunks may name one account


class TrunkTakenError(Exception):
    """Another process owns the trunk, or serves another trunk with the same account."""


class Ownership:
    """The locks of one trunk, on a connection of their own."""

    def __init__(self, *, trunk_id: int, account: str = "") -> None:
        """Prepare to own the trunk, and the account that it registers; nothing is locked yet."""
        self._keys = [(TRUNK + trunk_id, "Another line process owns this trunk.")]
        if account:
            digest = hashlib.sha256(account.encode()).digest()
            self._keys.append(
                (
                    ACCOUNT + int.from_bytes(digest[:6], "big"),
                    "Another trunk is served with this trunk's account.",
                )
            )
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
        for key, otherwise in self._keys:
            row = session.execute("SELECT pg_try_advisory_lock(%s)", [key]).fetchone()
            if row is None or not row[0]:
                session.close()
                raise TrunkTakenError(otherwise)
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
