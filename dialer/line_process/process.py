"""One line process: owns one trunk, takes permits from its stream, keeps its heartbeat."""

import ipaddress
import logging
import queue
import threading
import time
from collections.abc import Callable
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
from dialer.line_process.desk import Desk
from dialer.line_process.dialog_books import DialogBooks
from dialer.line_process.invite_journal import InviteJournal
from dialer.line_process.ownership import Ownership, TrunkTakenError
from dialer.line_process.refusal_book import RefusalBook
from dialer.line_process.refusals import RefusalListener
from dialer.line_process.seat_legs import SeatLegs
from dialer.lines.base import Line, LineAlarm
from dialer.lines.open_dialog import OrphanEnded
from dialer.lines.seat.base import SeatLineLike
from dialer.models import SeatRegistrar, TrunkEndpoint
from dialer.services.edge_refusals_record import edge_refusals_record
from dialer.services.invites_note import invites_note
from dialer.services.leftovers_sweep import GRACE, calls_close_lost
from dialer.services.line_pause import is_paused, line_pause
from dialer.services.line_record import line_started, line_stopped
from dialer.services.orphan_record import orphan_record
from dialer.services.seat_phone_state import phones_of_trunk_down

log = logging.getLogger(__name__)
BEAT_SECONDS = 1.0
READ_MS = 200
DRAIN_LOOK_SECONDS = 0.2
NOTED_AT_ONCE = 500  # INVITEs of one transaction
DRAIN_SECONDS = 4.0  # with the rest of stopping, less than the demo's supervisor waits


class TrunkRefusedError(Exception):
    """The trunk may not be used as it is set up."""


class LineProcess:
    """Runs until it is told to stop."""

    def __init__(
        self,
        *,
        endpoint: TrunkEndpoint,
        line: Line,
        seat_line: Callable[[SeatRegistrar], SeatLineLike],
        journals: Path,
        recordings: Path,
        prompts: Path | None = None,
        drain_seconds: float = DRAIN_SECONDS,
    ) -> None:
        """Prepare to serve the endpoint's trunk through `line`; the paths are folders.

        Calls that are up when it is told to stop get `drain_seconds`, then a BYE.

        :param seat_line: opens what reaches the seats' phones at one registrar
        """
        self.name = uuid4().hex[:12]
        self._trunk = endpoint.trunk
        self._line = line
        self._ownership = Ownership(trunk_id=self._trunk.pk, account=_account(endpoint))
        self._drain_seconds = drain_seconds
        self._alarms: queue.SimpleQueue[LineAlarm] = queue.SimpleQueue()
        self._paused = False
        self._journal = InviteJournal(folder=journals, trunk_code=self._trunk.code)
        line.note_alarms(self._alarms.put)
        self._books = DialogBooks(
            folder=journals, trunk_code=self._trunk.code, ended=self._orphan_ended
        )
        self._refused = RefusalBook(folder=journals, trunk_code=self._trunk.code)
        legs = SeatLegs(
            trunk_id=self._trunk.pk,
            open_line=lambda one: self._books.kept(seat_line(one), registrar=one.code),
        )
        self._calls = Calls(
            line=line,
            seats=legs,
            trunk_id=self._trunk.pk,
            process=self.name,
            recordings=recordings,
            refused=self._refused,
            prompts=prompts,
        )
        self._desk = Desk(legs=legs, calls=self._calls, trunk_id=self._trunk.pk, process=self.name)
        self._refusals = RefusalListener(calls=self._calls)
        self._stopping = threading.Event()
        self._next_beat = 0.0

    def stop(self) -> None:
        """Finish: no new call, and the live ones get a little time."""
        self._stopping.set()

    def own(self) -> None:
        """Become the trunk's owner; `run` does, unless it was done before.

        :raises TrunkTakenError: if another process owns the trunk
        """
        self._ownership.take()

    def disown(self) -> None:
        """Give the trunk up without having served it."""
        self._ownership.release()

    def run(self) -> None:
        """Serve the trunk.

        :raises TrunkTakenError: if another process owns the trunk, now or later
        """
        self._ownership.take()
        self._refused.start()
        self._line.note_invites(self._journal.write, spent=self._journal.left_before())
        self._line.note_refused(self._journal.write_refused)
        self._books.kept(
            self._line
        ).start()  # and whoever is still on a call of a process that was killed hears it
        self._calls.start()
        try:
            self._take_over()
            self._refusals.start()
            phones_of_trunk_down(trunk_id=self._trunk.pk)  # of a process that was killed
            self._desk.begin()
            while not self._stopping.is_set():
                self._turn()
            self._drain()
        finally:
            self._desk.stop()
            self._line.stop()
            self._calls.stop()
            self._refusals.stop()
            self._journal.close()
            self._books.close()
            self._refused.close()
            self._say_stopped()
            self._ownership.release()

    def _take_over(self) -> None:
        """Close the books of the process before, if it could not."""
        self._refused.record_left(actor=f"svc:line:{self.name}")
        now = clock.read()
        line_started(trunk_id=self._trunk.pk, now=now)
        self._note_invites()
        self._journal.forget_old()
        calls_close_lost(trunk_id=self._trunk.pk, keep=frozenset(), before=now, now=now)
        self._calls.recordings.close_left(trunk_id=self._trunk.pk, before=now, now=now)

    def _orphan_ended(self, ended: OrphanEnded, then: Callable[[], object]) -> None:
        """Take the news from the line's thread, which must not wait for a database."""
        self._calls.note(
            lambda: orphan_record(
                trunk_id=self._trunk.pk,
                ended=ended,
                actor=f"svc:line:{self.name}",
                now=clock.read(),
            ),
            then=then,
        )

    def _say_stopped(self) -> None:
        """Record the last INVITEs and the end; otherwise the next owner and the sweep do."""
        try:
            self._note_invites()
            line_stopped(trunk_id=self._trunk.pk, now=clock.read())
        except (psycopg.Error, DatabaseError) as error:
            log.warning("stopping: %s", type(error).__name__)

    def _drain(self) -> None:
        """Take no call any more, and stay the owner while those that are up get their time."""
        until = time.monotonic() + self._drain_seconds
        self._line.drain(timeout_seconds=0)
        while (left := until - time.monotonic()) > 0 and self._line.capacity().live:
            self._turn(reading=False)
            self._line.drain(timeout_seconds=min(left, DRAIN_LOOK_SECONDS))

    def _turn(self, *, reading: bool = True) -> None:
        try:
            self._keep_up()
            if reading:
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
        self._keep_pauses()
        streams.open_stream(self._trunk.code)
        capacity = self._line.capacity()
        streams.beat(
            trunk_code=self._trunk.code,
            heartbeat=streams.Heartbeat(
                live=capacity.live,
                max_calls=min(capacity.max_calls, self._trunk.max_calls),
                up=capacity.up and not self._calls.recordings.why_not(),
                invites_sent=capacity.invites_sent,
                advertised=capacity.advertised,
                reason=capacity.reason,
            ),
        )

    def _keep_pauses(self) -> None:
        """Record the line's alarms, and pause it for as long as the record says."""
        now = clock.read()
        while not self._alarms.empty():
            line_pause(trunk_id=self._trunk.pk, alarm=self._alarms.get(), now=now)
        before, self._paused = self._paused, is_paused(trunk_id=self._trunk.pk, now=now)
        if self._paused:
            self._line.pause()
        elif before:
            self._line.resume()

    def _note_invites(self) -> None:
        """Take over into the database what the line has written down."""
        while True:
            noted, marks = self._journal.waiting(at_most=NOTED_AT_ONCE)
            if not marks:
                return
            for take_over in (invites_note, edge_refusals_record):
                take_over(
                    trunk=self._trunk, noted=noted, actor=f"svc:line:{self.name}", now=clock.read()
                )
            self._journal.taken(marks)

    def _close_what_nobody_holds(self) -> None:
        """Close records without a call: a commit whose answer was lost leaves one."""
        now = clock.read()
        calls_close_lost(
            trunk_id=self._trunk.pk, keep=self._calls.attempts_up(), before=now - GRACE, now=now
        )
        self._calls.recordings.close_left(trunk_id=self._trunk.pk, before=now - GRACE, now=now)

    def _read(self) -> None:
        waiting = streams.next_permits(
            trunk_code=self._trunk.code, reader=self.name, wait_ms=READ_MS, at_most=20
        )
        for one in waiting:
            self._calls.place(one.permit_id, identity=one.identity)


def _account(endpoint: TrunkEndpoint) -> str:
    """Name what may be registered once only."""
    return f"{endpoint.username}@{endpoint.host}:{endpoint.port}" if endpoint.registers else ""


def endpoint_for(trunk_code: str) -> TrunkEndpoint:
    """Return the endpoint of a trunk that may be used.

    :raises TrunkRefusedError: if the trunk is unknown, or calls itself loopback and is not, or
        would reach a real carrier by a stated clock
    """
    endpoint = TrunkEndpoint.objects.select_related("trunk").filter(trunk__code=trunk_code).first()
    if endpoint is None:
        raise TrunkRefusedError(f"There is no trunk {trunk_code} with an endpoint.")
    loopback = endpoint.trunk.kind == Trunk.Kind.LOOPBACK
    hops = [host for host in (endpoint.host, endpoint.edge_host) if host]
    if loopback and not all(map(is_loopback, hops)):
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
