"""The placing of a trunk's calls: room is kept, a call is booked, the reactor sends it."""

from collections.abc import Callable
from typing import Protocol

from dialer.lines.base import CallRequest, LineDownError, LineEvent
from dialer.lines.sip.admission import Admission
from dialer.lines.sip.booking import TOO_LATE, Booking
from dialer.lines.sip.call import Leg
from dialer.lines.sip.legs import Legs
from dialer.lines.sip.orphans import DialogWatch
from dialer.lines.sip.reactor import Reactor
from dialer.lines.sip.room import TrunkRoom
from dialer.lines.sip.state import TrunkState
from dialer.lines.sip.upkeep import TrunkWire
from dialer.lines.sip.wire import Phone


class CallWire(TrunkWire, Protocol):
    """The trunk that the calls go through."""

    dialogs: DialogWatch
    phone: Phone
    state: TrunkState


class Placing:
    """Any thread may keep room and place a call; what it leads to runs on the reactor's."""

    def __init__(
        self, *, trunk: CallWire, reactor: Reactor, admission: Admission, legs: Legs
    ) -> None:
        self._trunk = trunk
        self._reactor = reactor
        self._admission = admission
        self._legs = legs
        self._closing = False

    def reserve(self) -> TrunkRoom:
        """Keep room for one call.

        :raises LineDownError: if the trunk is down
        :raises LineFullError: if there is no room
        """
        self._check_up()
        return TrunkRoom(admission=self._admission, ports=self._trunk.phone.ports)

    def place(
        self,
        request: CallRequest,
        on_event: Callable[[LineEvent], None],
        *,
        room: TrunkRoom | None,
    ) -> Booking:
        """Check that there is room, and have the INVITE sent.

        :raises LineDownError: if the trunk is down
        :raises LineFullError: if there is no room
        """
        self._check_up()
        room = room or self.reserve()
        try:
            place = self._trunk.phone.place(request)
        except BaseException:
            room.give_back()
            raise
        room.take()
        booking = Booking(request=request, place=place, on_event=on_event)
        self._reactor.call_in_turn(lambda: self._launch(booking))
        return booking

    def close(self) -> None:
        """Have a call that is on its way to the reactor stay."""
        self._closing = True

    def _check_up(self) -> None:
        state = self._trunk.state
        if not state.up:
            raise LineDownError(f"Trunk {self._trunk.config.code} is down: {state.reason}")

    def _launch(self, booking: Booking) -> None:
        if booking.story.withheld or self._closing:
            booking.stay(TOO_LATE, gone=self._admission.leave)
            return
        leg = booking.begin(self._leg, failed=self._admission.leave)
        if leg is None:
            return
        leg.dialog.peer = self._trunk.target
        self._legs.add(leg)
        leg.dialog.changed()
        leg.begin()

    def _leg(self, booking: Booking) -> Leg:
        placed, request, config = booking.place.write(), booking.request, self._trunk.config
        return Leg(
            request=request,
            reactor=self._reactor,
            wire=self._trunk,
            dialog=placed.dialog,
            invite=placed.invite,
            session=placed.session,
            on_event=self._trunk.dialogs.follow(placed.dialog, request, booking.on_event),
            story=booking.story,
            no_reply_seconds=config.no_reply_seconds,
            session_wish=(config.session_seconds, config.least_session_seconds),
        )
