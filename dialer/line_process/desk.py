"""Hears what agents press at their desks and what their phones do, and writes the latter down.

One thread beside the line's own: it listens in PostgreSQL, and is woken when a phone comes or
goes. It looks once a second as well, so that nothing rests on a notification.
"""

import logging
import os
import threading
from contextlib import suppress
from multiprocessing.connection import wait

import psycopg
from django.db import Error as DatabaseError
from django.db import close_old_connections, connection

from compliance import clock
from dialer.line_process.calls import Calls
from dialer.line_process.ownership import session_parameters
from dialer.line_process.seat_legs import SeatLegs
from dialer.services import desk_press, seat_press
from dialer.services.desk_press import presses_take
from dialer.services.seat_phone_state import (
    phone_misused,
    phones_down,
    phones_of_trunk_down,
    phones_up,
)

log = logging.getLogger(__name__)
LOOK_SECONDS = 1.0
SETTLE_SECONDS = 2.0


class Desk(threading.Thread):
    """Serves the seats of one trunk until it is stopped."""

    def __init__(self, *, legs: SeatLegs, calls: Calls, trunk_id: int, process: str) -> None:
        """Serve `legs`, and carry out for `calls` what agents ask."""
        super().__init__(name="desk", daemon=True)
        self._legs = legs
        self._calls = calls
        self._trunk_id = trunk_id
        self._actor = f"svc:line:{process}"
        self._stopping = threading.Event()
        self._settled = threading.Event()
        self._woken, self._waker = os.pipe()
        os.set_blocking(self._woken, False)
        os.set_blocking(self._waker, False)
        legs.wake = self._wake

    def begin(self) -> None:
        """Start, and wait a moment for the phones of those who are at work.

        Permits may wait already, whose calls leave only for a phone that is connected.
        """
        self.start()
        self._settled.wait(SETTLE_SECONDS)

    def stop(self) -> None:
        """Let every phone go and say so."""
        self._stopping.set()
        self._wake()
        if self.is_alive():
            self.join()
        self._legs.stop()
        with suppress(DatabaseError):  # the next owner says so
            phones_of_trunk_down(trunk_id=self._trunk_id)

    def run(self) -> None:
        """Serve until stopped, connecting again for as long as it takes."""
        try:
            self._serve_until_stopped()
        finally:
            connection.close()

    def _serve_until_stopped(self) -> None:
        while not self._stopping.is_set():
            try:
                self._serve()
            except (psycopg.Error, DatabaseError) as error:
                log.warning("desk: the database is away: %s", type(error).__name__)
                close_old_connections()
                self._stopping.wait(0.5)
            except Exception:
                log.exception("desk: a seat could not be served")
                self._stopping.wait(0.5)

    def _serve(self) -> None:
        with psycopg.connect(session_parameters(), autocommit=True) as session:
            session.execute(f"LISTEN {seat_press.CHANNEL}")
            session.execute(f"LISTEN {desk_press.CHANNEL}")
            while not self._stopping.is_set():
                self._legs.look()
                self._write_down()
                if self._legs.all_up():
                    self._settled.set()
                self._obey()
                wait([session.fileno(), self._woken], timeout=LOOK_SECONDS)
                list(session.notifies(timeout=0))
                with suppress(BlockingIOError):
                    os.read(self._woken, 4096)
                if session.closed:
                    return

    def _write_down(self) -> None:
        changes = self._legs.changes()
        try:
            if changes.down:
                phones_down(seat_ids=changes.down)
            if changes.up:
                phones_up(seat_ids=changes.up, now=clock.read())
        except DatabaseError:
            self._legs.not_written(changes)
            raise
        for seat_id, how in self._legs.misuses():
            phone_misused(seat_id=seat_id, how=how, actor=self._actor, now=clock.read())

    def _obey(self) -> None:
        held = self._calls.attempts_up()
        for press in presses_take(attempt_ids=held, now=clock.read()) if held else []:
            self._calls.obey(press)

    def _wake(self) -> None:
        with suppress(BlockingIOError, OSError):  # full: it is awake anyway
            os.write(self._waker, b"!")
