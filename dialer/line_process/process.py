"""One line process: owns one trunk, takes permits from its stream, keeps its heartbeat."""

import ipaddress
import logging
import threading
import time
from pathlib import Path
from uuid import uuid4

import psycopg
import redis
from django.db import Error as DatabaseError
from django.db import close_old_connections

from compliance import clock
from compliance.models import DemoClock, Trunk
from dialer import streams
from dialer.line_process.calls import Calls
from dialer.line_process.invite_journal import InviteJournal
from dialer.line_process.ownership import Ownership, TrunkTakenError
from dialer.line_process.refusals import RefusalListener
from dialer.lines.base import Line
from dialer.models import TrunkEndpoint
from dialer.services.invites_note import invites_note
from dialer.services.leftovers_sweep import GRACE, calls_close_lost
from dialer.services.line_record import line_started, line_stopped

log = logging.getLogger(__name__)
BEAT_SECONDS = 1.0
READ_MS = 200
NOTED_AT_ONCE = 500  # INVITEs of one transaction
DRAIN_SECONDS = 4.0  # with the rest of stopping, less than a supervisor waits


class TrunkRefusedError(Exception):
    """The trunk may not be used as it is set up."""


class LineProcess:
    """Runs until it is told to stop."""

    def __init__(self, *, endpoint: TrunkEndpoint, line: Line, journals: Path) -> None:
        """Prepare to serve the endpoint's trunk through `line`; `journals` is a folder."""
        self.name = uuid4().hex[:12]
        self._trunk = endpoint.trunk
        self._line = line
        self._ownership = Ownership(trunk_id=self._trunk.pk)
        self._journal = InviteJournal(folder=journals, trunk_code=self._trunk.code)
        line.note_invites(self._journal.write)
        self._calls = Calls(line=line, trunk_id=self._trunk.pk, process=self.name)
        self._refusals = RefusalListener(calls=self._calls)
        self._stopping = threading.Event()
        self._next_beat = 0.0

    def stop(self) -> None:
        """Finish: no new call, and the live ones get a little time."""
        self._stopping.set()

    def run(self) -> None:
        """Serve the trunk.

        :raises TrunkTakenError: if another process owns the trunk, now or later
        """
        self._ownership.take()
        now = clock.read()
        line_started(trunk_id=self._trunk.pk, now=now)
        self._note_invites()  # of a process that was killed
        self._journal.forget_old()
        calls_close_lost(trunk_id=self._trunk.pk, keep=frozenset(), before=now, now=now)
        self._line.start()
        self._calls.start()
        self._refusals.start()
        try:
            while not self._stopping.is_set():
                self._turn()
            self._line.drain(timeout_seconds=DRAIN_SECONDS)
        finally:
            self._line.stop()
            self._calls.stop()
            self._refusals.stop()
            self._journal.close()
            self._say_stopped()
            self._ownership.release()

    def _say_stopped(self) -> None:
        """Record the last INVITEs and the end; otherwise the next owner and the sweep do."""
        try:
            self._note_invites()
            line_stopped(trunk_id=self._trunk.pk, now=clock.read())
        except (psycopg.Error, DatabaseError) as error:
            log.warning("stopping: %s", type(error).__name__)

    def _turn(self) -> None:
        try:
            self._keep_up()
            self._read()
        except TrunkTakenError:
            raise
        except (redis.RedisError, psycopg.Error, DatabaseError) as error:
            # Whatever is away, nothing new is dialled; calls that are up go on.
            log.warning("waiting: %s", type(error).__name__)
            close_old_connections()
            self._stopping.wait(0.5)

    def _keep_up(self) -> None:
        """Once a second: stay the owner, close what nobody holds, say how we are."""
        if time.monotonic() < self._next_beat:
            return
        self._next_beat = time.monotonic() + BEAT_SECONDS
        self._ownership.take()
        self._note_invites()
        self._close_what_nobody_holds()
        streams.open_stream(self._trunk.code)
        capacity = self._line.capacity()
        streams.beat(
            trunk_code=self._trunk.code,
            heartbeat=streams.Heartbeat(
                live=capacity.live,
                max_calls=min(capacity.max_calls, self._trunk.max_calls),
                up=capacity.up,
                invites_sent=capacity.invites_sent,
            ),
        )

    def _note_invites(self) -> None:
        """Take over into the database what the line has written down."""
        while True:
            noted, marks = self._journal.waiting(at_most=NOTED_AT_ONCE)
            if not marks:
                return
            invites_note(
                trunk=self._trunk, noted=noted, actor=f"svc:line:{self.name}", now=clock.read()
            )
            self._journal.taken(marks)

    def _close_what_nobody_holds(self) -> None:
        """Close records without a call: a commit whose answer was lost leaves one."""
        now = clock.read()
        calls_close_lost(
            trunk_id=self._trunk.pk, keep=self._calls.attempts_up(), before=now - GRACE, now=now
        )

    def _read(self) -> None:
        waiting = streams.next_permits(
            trunk_code=self._trunk.code, reader=self.name, wait_ms=READ_MS, at_most=20
        )
        for permit_id in waiting:
            self._calls.place(permit_id)


def endpoint_for(trunk_code: str) -> TrunkEndpoint:
    """Return the endpoint of a trunk that may be used.

    :raises TrunkRefusedError: if the trunk is unknown, or calls itself loopback and is not, or
        would reach a real carrier by a stated clock
    """
    endpoint = TrunkEndpoint.objects.select_related("trunk").filter(trunk__code=trunk_code).first()
    if endpoint is None:
        raise TrunkRefusedError(f"There is no trunk {trunk_code} with an endpoint.")
    loopback = endpoint.trunk.kind == Trunk.Kind.LOOPBACK
    if loopback and not is_loopback(endpoint.host):
        raise TrunkRefusedError(f"{trunk_code} is filed as loopback but points elsewhere.")
    if DemoClock.objects.exists() and (not loopback or Trunk.objects.count() != 1):
        raise TrunkRefusedError("A demo clock goes with a single loopback trunk only.")
    return endpoint


def is_loopback(host: str) -> bool:
    """Return whether an address stays inside this machine; a name is not trusted to."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
