"""One trunk: its calls, and the way of every packet to the call that it belongs to."""

import logging
import secrets
import threading
from collections.abc import Callable
from functools import partial

from dialer.lines.base import (
    CallRequest,
    Capacity,
    LineAlarm,
    LineEvent,
    NoteAlarm,
    NoteRefused,
    Outcome,
    RefusedKind,
)
from dialer.lines.sip.admission import Admission
from dialer.lines.sip.booking import Booking
from dialer.lines.sip.config import TrunkConfig, bracketed
from dialer.lines.sip.digest import credentials_of, is_stale
from dialer.lines.sip.dns import Address
from dialer.lines.sip.health import Probe
from dialer.lines.sip.kept_back import kept_back, not_written
from dialer.lines.sip.leaving import Leaving
from dialer.lines.sip.legs import Legs
from dialer.lines.sip.nat import Outside
from dialer.lines.sip.orphans import DialogWatch, Orphans
from dialer.lines.sip.packet import BadPacketError, Packet, read_packet
from dialer.lines.sip.placing import Placing
from dialer.lines.sip.reactor import MediaClock, Reactor
from dialer.lines.sip.room import TrunkRoom
from dialer.lines.sip.server import RequestServer
from dialer.lines.sip.socket import TrunkSocket
from dialer.lines.sip.state import TrunkState
from dialer.lines.sip.transaction import ClientTransaction
from dialer.lines.sip.upkeep import Upkeep
from dialer.lines.sip.wire import Phone

logger = logging.getLogger(__name__)

STOP_SECONDS = 2.0  # for the BYEs of calls that are up when the trunk closes
UNREGISTER_SECONDS = 1.0


class Trunk:
    """Everything but `originate`, `capacity` and the life cycle runs on the reactor's thread."""

    def __init__(self, config: TrunkConfig, *, reactor: Reactor) -> None:
        self.config = config
        self.reactor = reactor
        self.media_clock = MediaClock(reactor)
        self.outside = Outside(config=config)
        self.malformed = 0
        self.phone: Phone
        self.note_refused: NoteRefused = lambda _request: None
        self.note_alarm: NoteAlarm = lambda _alarm: None
        self._admission = Admission(
            max_calls=config.max_calls, calls_per_second=config.calls_per_second
        )
        self._credentials = credentials_of(username=config.username, password=config.password)
        self._legs = Legs()
        self._transactions: dict[tuple[str, str], ClientTransaction] = {}
        self._invites_sent = 0
        ended = partial(kept_back, self._legs, reactor)
        self.leaving = Leaving(
            config,
            permit_of=self._legs.permit_of,
            on_kept_back=ended,
            on_not_written=partial(not_written, self._legs, reactor),
            is_over=self._legs.is_over,
        )
        self.dialogs = DialogWatch()
        self.orphans = Orphans(wire=self, reactor=reactor)
        upkeep = Upkeep(trunk=self, reactor=reactor, register=self._write_register)
        self.state = TrunkState(
            config=config,
            reactor=reactor,
            probe=Probe(send=upkeep.send_options, every_seconds=config.keepalive_seconds),
            register=upkeep.send_register,
            alarm=self._alarm,
        )
        self._placing = Placing(
            trunk=self, reactor=reactor, admission=self._admission, legs=self._legs
        )

    def open(self, phone: Callable[[str, int], Phone]) -> None:
        """Bind the socket and begin; `phone` gets our host and port."""
        config = self.config
        leaving, former = self.leaving.let, self.orphans.former_port
        self._socket = TrunkSocket(
            config, knows=self._knows, take=self._take, let=leaving, former_port=former
        )
        self.local_port: int = self._socket.port
        self.local = f"{bracketed(config.local_host)}:{self.local_port}"
        self.outside.local_port = self.local_port
        self._server = RequestServer(
            reactor=self.reactor,
            tag=secrets.token_hex(6),
            contact=lambda: f"sip:{self.contact}",
            find=self._legs.of_request,
            refused=self.refused,
            accepted=self.leaving.accepted,
        )
        self.phone = phone(config.local_host, self.local_port)
        self.state.open = True
        self.reactor.call_soon(self._begin)

    @property
    def up(self) -> bool:
        """Whether calls may be placed now."""
        return self.state.up

    @property
    def target(self) -> Address | None:
        """The carrier's address in use now."""
        return self.state.addresses.current

    @property
    def peer(self) -> str:
        """The carrier's host in use now, or nothing."""
        return self.target[0] if self.target is not None else ""

    @property
    def contact(self) -> str:
        """Host and port where the carrier reaches us."""
        return self.outside.contact

    def capacity(self) -> Capacity:
        """Say what the trunk can carry now."""
        up = self.up
        return Capacity(
            live=self._admission.live,
            max_calls=self.config.max_calls,
            up=up,
            invites_sent=self._invites_sent,
            late_ms=self.reactor.late_ms,
            advertised=self._offered() if up else 0,
            reason=self.state.reason,
        )

    def reserve(self) -> TrunkRoom:
        """Keep room for one call."""
        return self._placing.reserve()

    def place(
        self,
        request: CallRequest,
        on_event: Callable[[LineEvent], None],
        *,
        room: TrunkRoom | None = None,
    ) -> Booking:
        """Check that there is room, and have the INVITE sent."""
        return self._placing.place(request, on_event, room=room)

    def refuse_calls(self) -> None:
        """Take no more calls."""
        self.state.open = False

    def wait_empty(self, *, timeout_seconds: float) -> bool:
        """Wait until every call has ended."""
        return self._admission.wait_empty(timeout_seconds=timeout_seconds)

    def close(self) -> None:
        """End every call, take the registration back, close the socket."""
        self.refuse_calls()
        self._placing.close()
        self.reactor.call_soon(self._hang_up_all)
        self.wait_empty(timeout_seconds=STOP_SECONDS)
        gone = threading.Event()
        self.reactor.call_soon(lambda: self.state.leave(then=gone.set))
        gone.wait(UNREGISTER_SECONDS)
        self.reactor.call_soon(self._finish)

    # What calls ask for (`wire.Wire`)

    def send(self, data: bytes, *, hop: str = "", peer: Address | None = None) -> bool:
        """Put a packet on the wire, to one of the carrier's addresses and to no other host."""
        peer = peer or self.target
        if peer is None:
            return False
        return self._socket.write(data, self._socket.next_hop(hop, peer=peer) if hop else peer)

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

    def invite_silent(self, peer: Address | None) -> None:
        """Note that nobody answered an INVITE at that address."""
        if peer == self.target:
            self.state.health.invite_silent()

    def call_over(self, outcome: Outcome) -> None:
        """Free the call's place, and note how it ended."""
        self._admission.leave()
        self.state.turned_away.ended(outcome)

    def call_forgotten(self, call_id: str) -> None:
        """Deliver no more packets."""
        self._legs.forget(call_id)
        self.leaving.forget(call_id)

    def refused(self, kind: RefusedKind, packet: Packet) -> None:
        """Tell what the carrier asked for and did not get; a fault of the listener is its own."""
        try:
            self.note_refused(self._legs.refused_request(kind, packet))
        except Exception:
            logger.exception("Call %s: who is told of refusals failed.", packet.call_id)

    def _offered(self) -> int:
        return self._admission.offered(most=self.reactor.share.of(self.config.max_calls))

    # The life of the trunk

    def _begin(self) -> None:
        self._socket.open(self.reactor)
        self.state.begin()
        self.orphans.begin(local=self.local, contact=self.contact, ready=lambda: self.up)

    def _hang_up_all(self) -> None:
        for leg in self._legs.all():
            leg.hangup(by="line")

    def _finish(self) -> None:
        self.dialogs.leave()
        for leg in self._legs.all():
            leg.lose()
        self.state.stop()
        self._socket.close()

    def _write_register(self, branch: str, expires: int, authorization: str) -> bytes:
        return self.phone.register_request(
            branch=branch, expires=expires, authorization=authorization
        )

    def _alarm(self, alarm: LineAlarm) -> None:
        why = f"{alarm.in_a_row} calls in a row, the last {alarm.outcome.value}"
        logger.error("Trunk %s is paused: %s.", self.config.code, why)
        self.note_alarm(alarm)

    # Packets

    def _knows(self, host: str) -> bool:
        ours = self._legs.went_to(host) or self.orphans.went_to(host)
        return ours or self.state.addresses.knows(host)

    def _take(self, data: bytes, source: Address) -> None:
        try:
            packet = read_packet(data)
        except BadPacketError:
            self.malformed += data.strip() != b""  # empty lines are keep-alives
            return
        if source[0] == self.peer:
            self.state.heard()
        self.leaving.heard(packet)
        if packet.code is None:
            self._server.receive(packet, send=lambda answer: self._socket.write(answer, source))
        else:
            self._response(packet)

    def _response(self, packet: Packet) -> None:
        transaction = self._transactions.get((packet.branch, packet.method))
        if transaction is not None:
            if self.outside.learn(packet):
                self._seen_elsewhere()
            transaction.receive(packet)
            return
        (self._legs.of_answer(packet) or self.orphans).receive(packet)

    def _seen_elsewhere(self) -> None:
        """Have calls that are up, and the registration, name where the carrier sees us now."""
        self._legs.reached_at(self.contact)
        self.state.contact_changed()
