"""The seats' phones at one registrar: a SIP line of its own, with no way to any carrier.

It shares the thread of the trunk's line, and nothing else: not its socket, not its count, not its
way out. Its INVITEs go to the registrar's address only, name seats only and follow no redirect.
"""

import logging
import re
import socket
from collections.abc import Callable, Iterable, Sequence
from typing import cast
from urllib.parse import unquote

from dialer.lines.base import CallRequest, LineDownError, LineEvent, RefusedRequest
from dialer.lines.open_dialog import DialogKeeper, OpenDialog, OrphanHeard
from dialer.lines.seat.base import Misused, SeatEvent, SeatRequest
from dialer.lines.seat.invite import SeatPhoneWriter
from dialer.lines.seat.leaving import SeatLeaving
from dialer.lines.seat.probe import SeatProbe
from dialer.lines.sip.booking import Booking
from dialer.lines.sip.call import Leg
from dialer.lines.sip.config import SIP_PORT, TrunkConfig
from dialer.lines.sip.dns import Address
from dialer.lines.sip.line import SipHandle
from dialer.lines.sip.packet import Packet
from dialer.lines.sip.reactor import Reactor
from dialer.lines.sip.socket import host_of
from dialer.lines.sip.story import State
from dialer.lines.sip.timers import Timer
from dialer.lines.sip.trunk import Trunk

logger = logging.getLogger(__name__)

REDIRECT = 300
ANY_PORT = 0  # of a carrier whose name server says which
NUMBER = re.compile(r"sips?:\+?[0-9().-]{7,}(?:[;:][^@]*)?@|tel:", re.IGNORECASE)
NAME = re.compile(r"sips?:(?:[^@]*@)?([^;:?>]+)", re.IGNORECASE)


class SeatWire(Trunk):
    """The registrar's socket."""

    def __init__(
        self, config: TrunkConfig, *, reactor: Reactor, carriers: Iterable[tuple[str, int]]
    ) -> None:
        super().__init__(config, reactor=reactor)
        self.leaving = SeatLeaving(
            config, knows=lambda call_id: self._legs.by_id(call_id) is not None
        )
        self.note_refused = self._asked_for
        self._carriers = frozenset(carriers)
        self._barred: frozenset[Address] = frozenset()
        self._led_away: set[str] = set()  # Call-IDs of legs that a carrier or a number answered

    def open_for_seats(self) -> None:
        """Bind the socket, and find the carriers, to keep away from them."""
        self._barred = frozenset(
            (address, port)
            for host, port in self._carriers
            for address in (host.lower(), *_at(host))
        )
        self.open(lambda host, port: SeatPhoneWriter(trunk=self, host=host, port=port))

    def place_seat(self, request: SeatRequest, on_event: Callable[[SeatEvent], None]) -> Booking:
        """Have the INVITE sent to the seat's phone.

        :raises LineDownError: also where a carrier is at the registrar's address
        """
        if self.target is not None and self.is_carrier(self.target):
            raise LineDownError(f"{self.config.code}: a carrier is at the registrar's address.")
        # A leg asks of its request how long it may ring and talk; a seat's says that too.
        return self.place(
            cast("CallRequest", request), cast("Callable[[LineEvent], None]", on_event)
        )

    def connected(self) -> list[Leg]:
        """Return the legs whose phones are connected."""
        return [leg for leg in self._legs.all() if leg.state is State.ANSWERED]

    def send(self, data: bytes, *, hop: str = "", peer: Address | None = None) -> bool:
        """Put a packet on the wire to the registrar; never to where a carrier is."""
        where = peer or self.target
        if where is None or self.is_carrier(where):
            return False
        if hop and self.is_carrier(self._socket.next_hop(hop, peer=where)):
            hop = ""  # to the registrar itself, whatever a phone calls its own address
        return super().send(data, hop=hop, peer=peer)

    def is_carrier(self, where: Address) -> bool:
        """Return whether a carrier is reached at the address and port."""
        return where in self._barred or (where[0], ANY_PORT) in self._barred

    def call_forgotten(self, call_id: str) -> None:
        """Deliver no more packets."""
        self._led_away.discard(call_id)
        super().call_forgotten(call_id)

    def _response(self, packet: Packet) -> None:
        leg = self._legs.of_answer(packet)
        # What rings counts as what answers does: when a carrier says 180, a callee's phone rings.
        rings_or_answers = packet.code is not None and packet.code < REDIRECT
        if leg is not None and rings_or_answers and self._is_elsewhere(packet.contact):
            self._led(leg)
        super()._response(packet)

    def _led(self, leg: Leg) -> None:
        """Tell it once a leg, however often the answer is said, and end the leg."""
        if leg.dialog.call_id not in self._led_away:
            self._led_away.add(leg.dialog.call_id)
            _tell(leg, "carrier")
        leg.hangup(by="line")

    def _is_elsewhere(self, contact: str) -> bool:
        """Return whether an answer came from a carrier's place, or from a telephone number."""
        contact = unquote(contact)
        host, port = host_of(contact)
        if not host and (name := NAME.match(contact)) is not None:
            host = name.group(1).lower()
        return self.is_carrier((host, port or SIP_PORT)) or NUMBER.match(contact) is not None

    def _asked_for(self, asked: RefusedRequest) -> None:
        """Tell whose phone asked for a transfer, or sent the call elsewhere."""
        leg = self._legs.by_id(asked.call_id)
        if leg is not None:
            _tell(leg, asked.kind)


class SeatHandle(SipHandle):
    """The connection to one seat's phone."""


class SeatLine:
    """The phones of one registrar."""

    def __init__(
        self, config: TrunkConfig, *, reactor: Reactor, carriers: Iterable[tuple[str, int]]
    ) -> None:
        """Prepare to reach the registrar; `carriers` are the host and port of every trunk."""
        self.reactor = reactor
        self.wire = SeatWire(config, reactor=reactor, carriers=carriers)
        self._probe = SeatProbe(wire=self.wire, reactor=reactor)

    def keep_dialogs(self, keeper: DialogKeeper) -> None:
        """Have every leg's dialog told to `keeper`, until it is over; say so before the start."""
        self.wire.dialogs.keeper = keeper

    def end_orphans(self, orphans: Sequence[OpenDialog], on_end: OrphanHeard) -> None:
        """End the legs that a former process left up, after the start; say so before."""
        self.wire.orphans.take(orphans, on_end)

    def start(self) -> None:
        """Open the line; while the registrar is away, no phone is connected."""
        self.wire.open_for_seats()
        self.reactor.call_soon(self._probe.start)

    def stop(self) -> None:
        """End every leg and close the line."""
        self.reactor.call_soon(self._probe.stop)
        self.wire.close()

    def call(self, request: SeatRequest, on_event: Callable[[SeatEvent], None]) -> SeatHandle:
        """Connect a phone; events arrive on the reactor's thread."""
        return SeatHandle(booking=self.wire.place_seat(request, on_event), reactor=self.reactor)

    def soon(self, action: Callable[[], object]) -> None:
        """Do it on the line's own thread."""
        self.reactor.call_soon(action)

    def after(self, seconds: float, action: Callable[[], object]) -> Timer:
        """Do it there later; only from that thread."""
        return self.reactor.call_later(seconds, action)


def _tell(leg: Leg, how: str) -> None:
    listener = cast("Callable[[SeatEvent], None]", leg.on_event)
    listener(Misused(how))


def _at(host: str) -> set[str]:
    """Return the addresses of a carrier that are known now; an unknown name has none."""
    try:
        return {str(found[4][0]) for found in socket.getaddrinfo(host, None)}
    except OSError:
        logger.warning("A carrier's name has no address now.")
        return set()
