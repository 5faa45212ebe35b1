"""Answer the carrier's own requests: BYE, re-INVITE, UPDATE, INFO, OPTIONS, NOTIFY."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from dialer.lines.base import RefusedKind
from dialer.lines.sip.acks import Acks
from dialer.lines.sip.answered import Answered
from dialer.lines.sip.call import Leg
from dialer.lines.sip.dialog import response
from dialer.lines.sip.media import KEYS
from dialer.lines.sip.packet import Packet
from dialer.lines.sip.reactor import Reactor
from dialer.lines.sip.sdp import read_sdp
from dialer.lines.sip.transaction import LINGER_SECONDS

SIGNAL = re.compile(r"^[ \t]*(?:Signal[ \t]*=[ \t]*)?([0-9*#A-D])[ \t]*\r?$", re.MULTILINE)
KEPT = 4096  # answers that may be asked for again; of more than a flood brings, the newest
REFRESHES_TARGET = frozenset({"INVITE", "UPDATE"})  # RFC 3261 12.2, RFC 3311 5.1
DTMF_TYPES = frozenset({"application/dtmf-relay", "application/dtmf"})

Send = Callable[[bytes], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer to one request."""

    code: int
    phrase: str
    body: bytes = b""
    extra: tuple[str, ...] = ()


OK = Reply(code=200, phrase="OK")
NO_DIALOG = Reply(code=481, phrase="Call/Transaction Does Not Exist")
OUTGOING_ONLY = Reply(code=403, phrase="Outgoing Calls Only")
NO_TRANSFER = Reply(code=403, phrase="No Transfers")
NOT_ALLOWED = Reply(code=405, phrase="Method Not Allowed")
NOT_ACCEPTABLE = Reply(  # RFC 3261 14.2, 21.4.26 and 20.43
    code=488,
    phrase="Not Acceptable Here",
    extra=('Warning: 305 yunhu "Incompatible media format"',),
)
PENDING = Reply(code=491, phrase="Request Pending")
ANYWHERE = {"OPTIONS": OK, "NOTIFY": OK, "REFER": NO_TRANSFER, "CANCEL": NO_DIALOG}


class RequestServer:
    """Answers requests; a repeated one gets the same answer and does nothing again."""

    def __init__(
        self,
        *,
        reactor: Reactor,
        tag: str,
        contact: Callable[[], str],
        find: Callable[[Packet], Leg | None],
        refused: Callable[[RefusedKind, Packet], object],
        accepted: Callable[[Packet], object],
    ) -> None:
        self._tag = tag
        self._contact = contact
        self._find = find  # the live or just ended call whose dialog the request names
        self._refused = refused  # told of transfers and of calls to us
        self._accepted = accepted  # told of re-INVITEs and UPDATEs that get a 200
        self._answered = Answered(reactor=reactor, kept=KEPT, seconds=LINGER_SECONDS)
        self._acks = Acks(reactor=reactor, seconds=LINGER_SECONDS)
        self._in_dialog: dict[str, Callable[[Leg, Packet], Reply]] = {
            "BYE": _bye,
            "INFO": _info,
            "UPDATE": _update,
            "INVITE": _offer,
        }

    def receive(self, packet: Packet, *, send: Send) -> None:
        """Take one request; `send` goes back to where it came from."""
        if packet.method == "ACK":
            self._acknowledged(packet)
            return
        data = self._answered.find(packet)
        if data is None:
            data = self._answer(packet, send=send)
            self._answered.keep(packet, data)
        send(data)

    def _acknowledged(self, packet: Packet) -> None:
        """Take an ACK, and our offer's answer in it (RFC 3261 14.2)."""
        leg = self._find(packet)
        if self._acks.take(packet) and leg is not None:
            leg.talk.offer_answered(packet)

    def _answer(self, packet: Packet, *, send: Send) -> bytes:
        leg = self._find(packet)
        reply = self._reply(packet, leg)
        if reply is NO_TRANSFER or reply is OUTGOING_ONLY:
            self._refused("transfer" if reply is NO_TRANSFER else "inbound", packet)
        data = response(
            packet,
            reply.code,
            reply.phrase,
            to_tag=self._tag,
            extra=(f"Contact: <{self._contact()}>", *reply.extra),
            body=reply.body,
        )
        if leg is not None and reply.code == OK.code and packet.method in REFRESHES_TARGET:
            leg.dialog.refresh(packet)
            self._accepted(packet)
        if packet.method == "INVITE" and leg is not None and reply.body:
            offered = not _has_body(packet)
            self._acks.await_one(packet, send=lambda: send(data), offered=offered)
        return data

    def _reply(self, packet: Packet, leg: Leg | None) -> Reply:
        if packet.method == "CANCEL" and self._answered.has_invite_of(packet):
            return OK  # RFC 3261 9.2: too late to have an effect
        if packet.method in ANYWHERE:
            return ANYWHERE[packet.method]
        handler = self._in_dialog.get(packet.method)
        if handler is None:
            return NOT_ALLOWED
        if leg is not None:
            return handler(leg, packet)
        return OUTGOING_ONLY if packet.method == "INVITE" and not packet.to_tag else NO_DIALOG


def _bye(leg: Leg, packet: Packet) -> Reply:
    leg.remote_bye(packet)
    return OK


def _info(leg: Leg, packet: Packet) -> Reply:
    if packet.first("content-type").split(";")[0].strip().lower() in DTMF_TYPES:
        found = SIGNAL.search(packet.body.decode("utf-8", "replace"))
        if found and found.group(1) in KEYS:
            leg.talk.informed(found.group(1))
    return OK


def _update(leg: Leg, packet: Packet) -> Reply:
    return _offer(leg, packet) if _has_body(packet) else _refresh(leg, packet)


def _has_body(packet: Packet) -> bool:
    """Say whether there is more than the empty lines that some put at the end of a datagram."""
    return packet.body.strip() != b""


def _offer(leg: Leg, packet: Packet) -> Reply:
    if leg.refresh.offering:  # RFC 3261 14.2: ours is on its way
        return PENDING
    if _has_body(packet) and read_sdp(packet.body) is None:
        return NOT_ACCEPTABLE  # the call goes on as it was, and its session is not refreshed
    reply = _refresh(leg, packet)
    if reply.code != OK.code:
        return reply
    return replace(reply, body=leg.offered(packet))


def _refresh(leg: Leg, packet: Packet) -> Reply:
    """Take what the request says of the session's interval (RFC 4028 9)."""
    in_order, lines = leg.refresh.timer.asked(packet)
    if not in_order:
        return Reply(code=422, phrase="Session Interval Too Small", extra=lines)
    return replace(OK, extra=lines)
