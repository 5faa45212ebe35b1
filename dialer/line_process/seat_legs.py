"""Keeps the phones of the trunk's seats connected: one leg for each agent who is at work.

The legs live on the line's own thread; who is at work is read from the database beside it.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from dialer.line_process.both_legs import BothLegs
from dialer.lines.base import (
    Answered,
    CallHandle,
    Ended,
    Held,
    LineDownError,
    LineFullError,
)
from dialer.lines.seat.base import (
    Misused,
    SeatEvent,
    SeatLineLike,
    SeatRequest,
    SeatTimer,
)
from dialer.models import SeatPhone, SeatRegistrar, SeatSession

log = logging.getLogger(__name__)
State = SeatSession.State
AT_WORK = [State.READY, State.RESERVED, State.ON_CALL, State.WRAP_UP]
SOON_SECONDS = 0.05  # while the line to the registrar is being opened
FIRST_PAUSE_SECONDS = 0.5  # between two calls to a phone that does not stay connected
LONGEST_PAUSE_SECONDS = 10.0


class SeatLeg:
    """The connection to one seat's phone; everything but `up` is the line's own thread's."""

    def __init__(
        self,
        *,
        phone: SeatPhone,
        line: SeatLineLike,
        changed: Callable[[int], object],
        misused: Callable[[int, str], object],  # (seat, how)
    ) -> None:
        """Connect nothing yet; `changed` is told of the seat whenever its phone comes or goes."""
        self.seat_id = phone.seat_id
        self.place = (phone.registrar_id, phone.address)
        self.up = False
        self.line = line
        self._changed = changed
        self._misused = misused
        self._handle: CallHandle | None = None
        self._call: BothLegs | None = None
        self._pause = 0.0
        self._again: SeatTimer | None = None
        self._wanted = False

    @property
    def handle(self) -> CallHandle | None:
        """The connection to the phone, while it is up."""
        return self._handle if self.up else None

    def connect(self) -> None:
        """Call the phone, now and whenever it goes away."""
        self.line.soon(self._connect)

    def disconnect(self) -> None:
        """Let the phone go, for good."""
        self.line.soon(self._disconnect)

    def take(self, call: BothLegs) -> None:
        """Tell the call what becomes of the phone."""
        self._call = call

    def let_go(self, call: BothLegs) -> None:
        """Tell it no more."""
        if self._call is call:
            self._call = None

    def soon(self, action: Callable[[], object]) -> None:
        """Do it on the line's thread."""
        self.line.soon(action)

    def after(self, seconds: float, action: Callable[[], object]) -> SeatTimer:
        """Do it there later."""
        return self.line.after(seconds, action)

    def _connect(self) -> None:
        self._wanted = True
        if self._again is not None:
            self._again.cancel()
        if self._handle is not None:
            return
        try:
            self._handle = self.line.call(SeatRequest(address=self.place[1]), self._heard)
        except (LineDownError, LineFullError) as error:
            log.debug("the phone of seat %s: %s", self.seat_id, error)
            self._connect_later(first=SOON_SECONDS)

    def _disconnect(self) -> None:
        self._wanted = False
        if self._again is not None:
            self._again.cancel()
        if self._handle is not None:
            self._handle.hangup()

    def _connect_later(self, *, first: float = FIRST_PAUSE_SECONDS) -> None:
        if self._wanted:
            self._pause = self._pause or first
            self._again = self.line.after(self._pause, self._connect)
            self._pause = min(self._pause * 2, LONGEST_PAUSE_SECONDS)

    def _heard(self, event: SeatEvent) -> None:
        match event:
            case Answered():
                self._came()
            case Held(on=on) if self._call is not None:
                self._call.seat_held(on)
            case Misused(how=how):
                self._misused(self.seat_id, how)
            case Ended():
                self._left(event)

    def _came(self) -> None:
        self.up = True
        self._pause = 0.0
        self._changed(self.seat_id)
        if self._call is not None:
            self._call.seat_came()

    def _left(self, event: Ended) -> None:
        was_up, self.up, self._handle = self.up, False, None
        if was_up:
            self._changed(self.seat_id)
            if self._call is not None:
                self._call.seat_left(by="agent" if event.result.ended_by == "callee" else "line")
        self._connect_later()


@dataclass(frozen=True, slots=True)
class Changes:
    """Whose phones have come and gone since the last look."""

    up: frozenset[int]
    down: frozenset[int]


class SeatLegs:
    """The legs of one trunk's seats."""

    def __init__(
        self, *, trunk_id: int, open_line: Callable[[SeatRegistrar], SeatLineLike]
    ) -> None:
        """Open a registrar's line when the first seat there is at work."""
        self._trunk_id = trunk_id
        self._open_line = open_line
        self._lines: dict[int, SeatLineLike] = {}
        self._unopened: set[int] = set()  # registrars: told once, tried at every look
        self._legs: dict[int, SeatLeg] = {}
        self._lock = threading.Lock()
        self._changed: set[int] = set()
        self._misuses: list[tuple[int, str]] = []
        self.wake: Callable[[], object] = lambda: None  # called when there is something to write

    def is_up(self, seat_id: int) -> bool:
        """Return whether the seat's phone is connected, here and now."""
        leg = self._legs.get(seat_id)
        return leg is not None and leg.up

    def all_up(self) -> bool:
        """Return whether the phones of all who are at work are connected."""
        return all(leg.up for leg in list(self._legs.values()))

    def leg(self, seat_id: int) -> SeatLeg | None:
        """Return the leg of the seat, if the trunk has one."""
        return self._legs.get(seat_id)

    def look(self) -> None:
        """Connect the phones of those at work, and let go those of the others."""
        at_work = SeatPhone.objects.filter(
            seat__active=True,
            seat__session__state__in=AT_WORK,
            seat__session__campaign__filing__trunk_id=self._trunk_id,
        )
        found = at_work.select_related("registrar", "seat__session")
        phones = {phone.seat_id: phone for phone in found}
        for seat_id, leg in list(self._legs.items()):
            phone = phones.get(seat_id)
            if phone is None or leg.place != (phone.registrar_id, phone.address):
                del self._legs[seat_id]
                leg.disconnect()
                self._note(seat_id)
        for phone in phones.values():
            if phone.seat_id not in self._legs:
                self._begin(phone)
            if self.is_up(phone.seat_id) == (phone.seat.session.phone_up_at is None):
                self._note(phone.seat_id)

    def changes(self) -> Changes:
        """Return what is to be written down, once."""
        with self._lock:
            changed, self._changed = self._changed, set()
        up = frozenset(seat for seat in changed if self.is_up(seat))
        return Changes(up=up, down=frozenset(changed) - up)

    def not_written(self, changes: Changes) -> None:
        """Take back what could not be written down."""
        with self._lock:
            self._changed |= changes.up | changes.down

    def misuses(self) -> list[tuple[int, str]]:
        """Return what phones were refused since the last look: (seat, how)."""
        with self._lock:
            found, self._misuses = self._misuses, []
        return found

    def stop(self) -> None:
        """Let every phone go."""
        for leg in self._legs.values():
            leg.disconnect()
        self._legs = {}
        for line in self._lines.values():
            line.stop()

    def _begin(self, phone: SeatPhone) -> None:
        line = self._lines.get(phone.registrar_id) or self._opened(phone.registrar)
        if line is None:
            return
        leg = SeatLeg(phone=phone, line=line, changed=self._tell, misused=self._misuse)
        self._legs[phone.seat_id] = leg
        leg.connect()

    def _opened(self, registrar: SeatRegistrar) -> SeatLineLike | None:
        """Open a registrar's line; None while our address is not there: the next look tries."""
        line = self._open_line(registrar)
        try:
            line.start()
        except OSError as error:
            if registrar.pk not in self._unopened:
                log.warning("seats: the line to %s cannot be opened: %s", registrar, error)
            self._unopened.add(registrar.pk)
            return None
        self._unopened.discard(registrar.pk)
        self._lines[registrar.pk] = line
        return line

    def _note(self, seat_id: int) -> None:
        with self._lock:
            self._changed.add(seat_id)

    def _tell(self, seat_id: int) -> None:
        self._note(seat_id)
        self.wake()

    def _misuse(self, seat_id: int, how: str) -> None:
        with self._lock:
            self._misuses.append((seat_id, how))
        self.wake()
