"""What the database itself takes: round trips and durable commits, without any of our code."""

import time
from contextlib import suppress
from types import TracebackType
from typing import Self

import psycopg

_TABLE = "CREATE TABLE IF NOT EXISTS physical (id bigserial PRIMARY KEY, value integer NOT NULL)"


class Physical:
    """A bare connection of the same kind as ours: TCP or socket as the URL says, prepared."""

    def __init__(self, url: str) -> None:
        self._connection = psycopg.connect(url, autocommit=True)
        with suppress(psycopg.errors.UniqueViolation):  # another process makes it just now
            self._connection.execute(_TABLE)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._connection.close()

    def round_trip(self) -> None:
        """Ask for a constant."""
        self._connection.execute("SELECT 1", prepare=True).fetchone()

    def durable_insert(self) -> None:
        """Insert one row; it is on disk when this returns."""
        self._connection.execute("INSERT INTO physical (value) VALUES (1)", prepare=True)

    def permit(self) -> None:
        """Do what no durable decision can do without: two round trips and one durable insert."""
        self.round_trip()
        self.round_trip()
        self.durable_insert()

    def inserts_per_second(self, seconds: float) -> tuple[int, float, float]:
        """Insert durably for so long; return how many, and when that began and ended."""
        began = time.monotonic()
        done = 0
        while time.monotonic() - began < seconds:
            self.durable_insert()
            done += 1
        return done, began, time.monotonic()
