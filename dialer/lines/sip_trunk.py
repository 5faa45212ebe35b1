"""One trunk: its socket, its calls, and the way of every packet to the call that it belongs to."""

import logging
import secrets
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from dialer.lines.base import CallRequest, Capacity, LineDownError, LineEvent
from dialer.lines.sip_admission import Admission
from dialer.lines.sip_call import Leg
from dialer.lines.sip_config import TrunkConfig
from dialer.lines.sip_dialog import Dialog
from dialer.lines.sip_digest import Credentials, is_stale
from dialer.lines.sip_health import LineHealth, Probe
from dialer.lines.sip_invites import Leaving
from dialer.lines.sip_packet import BadPacketError, Packet, read_packet
from dialer.lines.sip_reactor import MediaClock, Reactor
from dialer.lines.sip_registration import Registration
from dialer.lines.sip_server import RequestServer
from dialer.lines.sip_transaction import ClientTransaction
from dialer.lines.sip_upkeep import Upkeep
from dialer.lines.sip_wire import Session

logger = logging.getLogger(__name__)

RECEIVE_BYTES = 1 << 21
PACKETS_PER_TURN = 64
LONGEST_DATAGRAM = 65_535
STOP_SECONDS = 2.0
DEFAULT_PORT = 5060


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A call that is ready to be sent."""

    dialog: Dialog
    invite: bytes
    session: Session


class Phone(Protocol):
    """What writes the trunk's messages and carries its audio."""

    def place(self, request: CallRequest) -> Placed:
        """Take an RTP port and write the INVITE.

        :raises LineFullError: if there is no port
        """

    def register_request(self, *, branch: str, expires: int, authorization: str) -> bytes:
        """Write a REGISTER."""


class Trunk:
    """Everything but `originate`, `capacity` and the life cycle runs on the reactor's thread."""

    def __init__(self, config: TrunkConfig, *, reactor: Reactor) -> None:
        self.config = config
        self.reactor = reactor
        self.media_clock = MediaClock(reactor)
        self.malformed = 0
        self.phone: Phone
        self._admission = Admission(
            max_calls=config.max_calls, calls_per_second=config.calls_per_second
        )
        self._credentials: Credentials | None = None
        if config.username is not None and config.password is not None:
            self._credentials = Credentials(username=config.username, password=config.password)
        self._legs: dict[str, Leg] = {}
        self._transactions: dict[tuple[str, str], ClientTransaction] = {}
        self._invites_sent = 0
        self.leaving = Leaving(permit_of=self._permit_of)
        self._open = False
        self._upkeep = Upkeep(trunk=self, reactor=reactor, register=self._write_register)
        probe = Probe(send=self._upkeep.send_options, every_seconds=config.keepalive_seconds)
        self._health = LineHealth(reactor=reactor, probe=probe)
        self._registration: Registration | None = None
        if config.register:
            self._registration = Registration(reactor=reactor, send=self._upkeep.send_register)

    def open(self, phone: Callable[[str, int], Phone]) -> None:
        """Bind the socket, find the carrier, and begin; `phone` gets our host and port."""
        self.peer = socket.gethostbyname(self.config.host)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.settimeout(0)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BYTES)
        self._socket.bind((self.config.local_host, self.config.local_port))
        self.local_port: int = self._socket.getsockname()[1]
        self.local = f"{self.config.local_host}:{self.local_port}"
        self._server = RequestServer(
            reactor=self.reactor,
            tag=secrets.token_hex(6),
            contact=f"sip:{self.local}",
            find=self._leg_of_request,
        )
        self.phone = phone(self.config.local_host, self.local_port)
        self._open = True
        self.reactor.call_soon(self._begin)

    @property
    def up(self) -> bool:
        """Whether calls may be placed now."""
        registered = self._registration is None or self._registration.registered
        return self._open and self._health.up and registered

    def capacity(self) -> Capacity:
        """Say what the trunk can carry now."""
        return Capacity(
            live=self._admission.live,
            max_calls=self.config.max_calls,
            up=self.up,
            invites_sent=self._invites_sent,
            late_ms=self.reactor.late_ms,
        )

    def place(self, request: CallRequest, on_event: Callable[[LineEvent], None]) -> Leg:
        """Check that there is room, and have the INVITE sent."""
        if not self.up:
            raise LineDownError(f"Trunk {self.config.code} is down.")
        self._admission.enter()
        try:
            leg = self._leg(request, on_event)
        except BaseException:
            self._admission.leave()
            raise
        self.reactor.call_soon(lambda: self._launch(leg))
        return leg

    def refuse_calls(self) -> None:
        """Take no more calls."""
        self._open = False

    def wait_empty(self, *, timeout_seconds: float) -> bool:
        """Wait until every call has ended."""
        return self._admission.wait_empty(timeout_seconds=timeout_seconds)

    def close(self) -> None:
        """End every call, take the registration back, close the socket."""
        self.refuse_calls()
        self.reactor.call_soon(self._hang_up_all)
        self.wait_empty(timeout_seconds=STOP_SECONDS)
        self.reactor.call_soon(self._finish)

    # What calls ask for (sip_wire.Wire)

    def send(self, data: bytes, *, hop: str = "") -> bool:
        """Put a packet on the wire, always to the trunk's own host."""
        return self._send_to(data, (self.peer, self._port_of(hop)))

    def request(self, transaction: ClientTransaction, *, branch: str) -> None:
        """Start a transaction and bring its answers back."""
        key = (branch, transaction.method)
        self._transactions[key] = transaction
        transaction.start(on_done=lambda: self._transactions.pop(key, None))

    def authorization(self, challenge: Packet, *, method: str, uri: str) -> str | None:
        """Answer a digest challenge, or return None where it cannot be answered."""
        if self._credentials is None:
            return None
        return self._credentials.answer(challenge, method=method, uri=uri)

    def is_stale(self, challenge: Packet) -> bool:
        """Say whether a challenge only asks for a fresh nonce."""
        return is_stale(challenge)

    def invite_sent(self) -> None:
        """Count one call on the wire."""
        self._invites_sent += 1

    def invite_silent(self) -> None:
        """Note that nobody answered an INVITE."""
        self._health.invite_silent()

    def call_over(self) -> None:
        """Free the call's place."""
        self._admission.leave()

    def call_forgotten(self, call_id: str) -> None:
        """Deliver no more packets."""
        self._legs.pop(call_id, None)

    # The life of the trunk

    def _begin(self) -> None:
        self.reactor.add_reader(self._socket, self._readable)
        self._health.start()
        if self._registration is not None:
            self._registration.start()

    def _hang_up_all(self) -> None:
        for leg in self._all_legs():
            leg.hangup(by="line")

    def _finish(self) -> None:
        for leg in self._all_legs():
            leg.lose()
        if self._registration is not None:
            self._registration.stop()
        self._health.stop()
        self.reactor.remove_reader(self._socket)
        self._socket.close()

    def _write_register(self, branch: str, expires: int, authorization: str) -> bytes:
        return self.phone.register_request(
            branch=branch, expires=expires, authorization=authorization
        )

    def _all_legs(self) -> list[Leg]:
        return list(self._legs.values())

    def _leg(self, request: CallRequest, on_event: Callable[[LineEvent], None]) -> Leg:
        placed = self.phone.place(request)
        leg = Leg(
            request=request,
            reactor=self.reactor,
            wire=self,
            dialog=placed.dialog,
            invite=placed.invite,
            session=placed.session,
            on_event=on_event,
            no_reply_seconds=self.config.no_reply_seconds,
        )
        placed.session.on_digit = leg.digit
        return leg

    def _launch(self, leg: Leg) -> None:
        self._legs[leg.dialog.call_id] = leg
        leg.begin()

    # Packets

    def _readable(self) -> None:
        for _ in range(PACKETS_PER_TURN):
            try:
                data, source = self._socket.recvfrom(LONGEST_DATAGRAM)
            except BlockingIOError:
                return
            if source[0] == self.peer:
                self._receive(data, source)

    def _receive(self, data: bytes, source: tuple[str, int]) -> None:
        try:
            packet = read_packet(data)
        except BadPacketError:
            self.malformed += data.strip() != b""  # empty lines are keep-alives
            return
        self._health.heard()
        if packet.code is None:
            self._server.receive(packet, send=lambda answer: self._send_to(answer, source))
        else:
            self._response(packet)

    def _response(self, packet: Packet) -> None:
        transaction = self._transactions.get((packet.branch, packet.method))
        if transaction is not None:
            transaction.receive(packet)
            return
        leg = self._legs.get(packet.call_id)
        ours = leg is not None and packet.from_tag == leg.dialog.from_tag
        if leg is not None and ours and packet.method == "INVITE":
            leg.receive(packet)

    def _leg_of_request(self, packet: Packet) -> Leg | None:
        leg = self._legs.get(packet.call_id)
        if leg is None or not packet.to_tag:
            return None
        tags = (leg.dialog.from_tag, leg.dialog.remote_tag)
        return leg if (packet.to_tag, packet.from_tag) == tags else None

    def _permit_of(self, call_id: str) -> str:
        leg = self._legs.get(call_id)
        return leg.request.permit_id if leg is not None else ""

    def _send_to(self, data: bytes, address: tuple[str, int]) -> bool:
        if not self.leaving.may_leave(data):
            return False
        try:
            self._socket.sendto(data, address)
        except (OSError, OverflowError) as error:  # like a lost packet: it will be sent again
            logger.warning("Trunk %s: a packet did not leave (%s).", self.config.code, error)
            return False
        return True

    def _port_of(self, hop: str) -> int:
        """Another port of the trunk's own host is honoured; another host never is."""
        address = hop.partition(":")[2].split("@")[-1].split(";")[0]
        host, _, port = address.partition(":")
        if host != self.peer:
            return self.config.port
        return int(port) if port.isdecimal() else DEFAULT_PORT
