"""The loopback carrier's socket: takes calls down before it answers them, and sorts packets."""

import asyncio
import random
import socket
from collections.abc import Callable
from pathlib import Path

from dialer.lines.carrier.call import CarrierCall
from dialer.lines.carrier.manners import outside, seen
from dialer.lines.carrier.media import Address, CarrierMedia, family_of, is_loopback
from dialer.lines.carrier.records import EventRecord, InviteRecord, RecordBook, now
from dialer.lines.carrier.registrar import Registrar
from dialer.lines.carrier.script import Behaviour, Script
from dialer.lines.carrier.text import Message, StrictError, number_of, read

PACKETS_PER_TURN = 128
LONGEST_DATAGRAM = 65_535
RECEIVE_BYTES = 1 << 22
REMEMBER_SECONDS = 40.0  # longer than any retransmission
SWEEP_SECONDS = 10.0
REGISTERED = "SIP/2.0 200 OK"


class NotLoopbackError(ValueError):
    """The carrier serves addresses of this machine only."""


class CarrierPeer:
    """One carrier on one UDP port."""

    def __init__(
        self,
        *,
        host: str,
        port: int,
        records: Path,
        script: Script,
        loss_percent: float = 0.0,
        media: CarrierMedia | None = None,
    ) -> None:
        if not is_loopback(host):
            raise NotLoopbackError(f"{host}: the carrier serves loopback addresses only.")
        self.host = host
        self.account = script.account
        self._script = script
        self._loss = loss_percent / 100
        self._dice = random.Random(7)  # noqa: S311 - which packets a test loses
        self._calls: dict[tuple[str, str], CarrierCall] = {}
        self._over: dict[tuple[str, str], float] = {}
        self._loop = asyncio.get_running_loop()
        self._socket = socket.socket(family_of(host), socket.SOCK_DGRAM)
        self._socket.settimeout(0)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BYTES)
        self._socket.bind((host, port))
        self.port: int = self._socket.getsockname()[1]
        self.media = media or CarrierMedia(host=host)
        self._registrar = Registrar(account=script.account)
        self._book = RecordBook(records)
        self._loop.add_reader(self._socket, self._readable)
        self._sweeper = self._loop.call_later(SWEEP_SECONDS, self._sweep)
        self._handlers: dict[str, Callable[[CarrierCall, Message], None]] = {
            "ACK": CarrierCall.ack,
            "CANCEL": CarrierCall.cancel,
            "BYE": CarrierCall.bye,
            "INVITE": CarrierCall.refresh,
            "UPDATE": CarrierCall.refresh,
        }

    def send(self, data: bytes, address: Address) -> None:
        """Send a packet, unless it is to be lost or would leave the machine."""
        lost = self._loss and self._dice.random() < self._loss
        if is_loopback(address[0]) and not lost and self._socket.fileno() >= 0:
            self._socket.sendto(data, address)

    def note(self, call_id: str, kind: str, detail: str = "") -> None:
        """Write an event down."""
        self._book.event(EventRecord(at=now(), call_id=call_id, kind=kind, detail=detail))

    def close(self) -> None:
        """Close the ports and the books."""
        self._sweeper.cancel()
        self._loop.remove_reader(self._socket)
        self._socket.close()
        self.media.close()
        self._book.close()

    def _readable(self) -> None:
        """Take a batch: note its calls, wait for the disk once, then answer."""
        batch: list[tuple[Message, Address]] = []
        for _ in range(PACKETS_PER_TURN):
            try:
                data, source = self._socket.recvfrom(LONGEST_DATAGRAM)
            except BlockingIOError:
                break
            lost = self._loss and self._dice.random() < self._loss
            if not lost and is_loopback(source[0]):
                self._take(data, (source[0], source[1]), batch)
        self._book.sync()
        for message, source in batch:
            self._sort(message, source)

    def _take(self, data: bytes, source: Address, batch: list[tuple[Message, Address]]) -> None:
        try:
            message = read(data)
        except (StrictError, ValueError) as error:
            self.note("-", "malformed", str(error))
            return
        if not message.code:
            via = message.headers["via"]
            via[0] = seen(via[0], source=source, manners=self._script.manners)
        if message.method == "INVITE" and not message.code and not message.to_tag:
            self._book.invite(_record(message, source))
        batch.append((message, source))

    def _sort(self, message: Message, source: Address) -> None:
        if message.code:
            if call := self._calls.get((message.call_id, message.to_tag)):
                call.answered(message)
            return
        key = (message.call_id, message.from_tag)
        call = self._calls.get(key)
        if message.method == "INVITE" and not message.to_tag:
            (call or self._new_call(key, message, source)).invite(message)
        elif call is not None and message.method in self._handlers:
            call.source = source
            self._handlers[message.method](call, message)
        elif message.method != "ACK":
            self._outside(message, source)

    def _new_call(self, key: tuple[str, str], message: Message, source: Address) -> CarrierCall:
        behaviour = self._script.behaviour(number_of(message.uri))
        call = self._make_call(message, behaviour, source)
        self._calls[key] = call
        return call

    def _make_call(self, message: Message, behaviour: Behaviour, source: Address) -> CarrierCall:
        return CarrierCall(message, carrier=self, behaviour=behaviour, address=source)

    def _outside(self, message: Message, source: Address) -> None:
        """Answer a request that belongs to no call."""
        if message.method == "OPTIONS" and not self._script.answers_options:
            return
        manners = self._script.manners
        status, body = "SIP/2.0 481 Call/Transaction Does Not Exist", b""
        extra: list[str] = []
        if message.method == "OPTIONS":
            status = "SIP/2.0 200 OK"
            body = self.media.described(manners.formats) if manners.formats else b""
        elif message.method == "REGISTER":
            status, *extra = self._registrar.answer(message)
            if status == REGISTERED:
                gone = message.first("expires") == "0"
                self.note(message.call_id, "unregistered" if gone else "registered")
        self.send(outside(message, status, *extra, manners=manners, body=body), source)

    def _sweep(self) -> None:
        """Forget calls that have been over for longer than anybody may ask about them."""
        self._sweeper = self._loop.call_later(SWEEP_SECONDS, self._sweep)
        instant = self._loop.time()
        for key, call in self._calls.items():
            if call.over:
                self._over.setdefault(key, instant)
        for key in [key for key, at in self._over.items() if instant - at > REMEMBER_SECONDS]:
            del self._over[key], self._calls[key]


def _record(message: Message, source: Address) -> InviteRecord:
    return InviteRecord(
        received_at=now(),
        call_id=message.call_id,
        from_tag=message.from_tag,
        from_number=number_of(message.first("from")),
        pai_number=number_of(message.first("p-asserted-identity")),
        request_uri_number=number_of(message.uri),
        to_number=number_of(message.first("to")),
        source=f"{source[0]}:{source[1]}",
        cseq=message.cseq,
    )
