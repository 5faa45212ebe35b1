"""Answer the carrier's own requests: BYE, re-INVITE, UPDATE, INFO, OPTIONS, NOTIFY."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from dialer.lines.sip_call import Leg
from dialer.lines.sip_dialog import response
from dialer.lines.sip_media import KEYS
from dialer.lines.sip_packet import Packet
from dialer.lines.sip_reactor import Reactor
from dialer.lines.sip_transaction import LINGER_SECONDS, ClientTransaction

SIGNAL = re.compile(r"^\s*(?:Signal\s*=\s*)?([0-9*#A-D])\s*$", re.MULTILINE)
DTMF_TYPES = frozenset({"application/dtmf-relay", "application/dtmf"})

Send = Callable[[bytes], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer to one request."""

    code: int
    phrase: str
    body: bytes = b""


OK = Reply(code=200, phrase="OK")
NO_DIALOG = Reply(code=481, phrase="Call/Transaction Does Not Exist")
OUTGOING_ONLY = Reply(code=403, phrase="Outgoing Calls Only")
NO_TRANSFER = Reply(code=403, phrase="No Transfers")
NOT_ALLOWED = Reply(code=405, phrase="Method Not Allowed")
ANYWHERE = {"OPTIONS": OK, "NOTIFY": OK, "REFER": NO_TRANSFER, "CANCEL": NO_DIALOG}


class RequestServer:
    """Answers requests; a repeated one gets the same answer and does nothing again."""

    def __init__(
        self, *, reactor: Reactor, tag: str, contact: str, find: Callable[[Packet], Leg | None]
    ) -> None:
        self._reactor = reactor
        self._tag = tag
        self._contact = contact
        self._find = find  # the live or just ended call whose dialog the request names
        self._answered: dict[tuple[str, str, int], bytes] = {}
        self._unacknowledged: dict[str, ClientTransaction] = {}
        self._in_dialog: dict[str, Callable[[Leg, Packet], Reply]] = {
            "BYE": _bye,
            "INFO": _info,
            "UPDATE": _update,
            "INVITE": _invite,
        }

    def receive(self, packet: Packet, *, send: Send) -> None:
        """Take one request; `send` goes back to where it came from."""
        if packet.method == "ACK":
            if resending := self._unacknowledged.pop(packet.call_id, None):
                resending.close()
            return
        key = (packet.call_id, packet.branch, packet.cseq)
        data = self._answered.get(key)
        if data is None:
            data = self._answer(packet, send=send)
            self._answered[key] = data
            self._reactor.call_later(LINGER_SECONDS, lambda: self._answered.pop(key, None))
        send(data)

    def _answer(self, packet: Packet, *, send: Send) -> bytes:
        leg = self._find(packet)
        reply = self._reply(packet, leg)
        data = response(
            packet,
            reply.code,
            reply.phrase,
            to_tag=self._tag,
            extra=(f"Contact: <{self._contact}>",),
            body=reply.body,
        )
        if packet.method == "INVITE" and leg is not None and reply.body:
            self._send_until_acknowledged(packet.call_id, data, send=send)
        return data

    def _reply(self, packet: Packet, leg: Leg | None) -> Reply:
        if packet.method in ANYWHERE:
            return ANYWHERE[packet.method]
        handler = self._in_dialog.get(packet.method)
        if handler is None:
            return NOT_ALLOWED
        if leg is not None:
            return handler(leg, packet)
        return OUTGOING_ONLY if packet.method == "INVITE" and not packet.to_tag else NO_DIALOG

    def _send_until_acknowledged(self, call_id: str, data: bytes, *, send: Send) -> None:
        """Repeat a 200 until its ACK comes (RFC 3261 13.3.1.4)."""
        resending = ClientTransaction(
            reactor=self._reactor,
            send=lambda: send(data),
            method="200",
            on_response=lambda _packet: None,
            on_timeout=lambda: None,
            give_up_seconds=LINGER_SECONDS,
        )
        if earlier := self._unacknowledged.pop(call_id, None):
            earlier.close()
        self._unacknowledged[call_id] = resending
        resending.resend_later(on_done=lambda: self._unacknowledged.pop(call_id, None))


def _bye(leg: Leg, packet: Packet) -> Reply:
    leg.remote_bye(packet)
    return OK


def _info(leg: Leg, packet: Packet) -> Reply:
    if packet.first("content-type").split(";")[0].strip().lower() in DTMF_TYPES:
        found = SIGNAL.search(packet.body.decode("utf-8", "replace"))
        if found and found.group(1) in KEYS:
            leg.digit(found.group(1))
    return OK


def _update(leg: Leg, packet: Packet) -> Reply:
    return _invite(leg, packet) if packet.body else OK


def _invite(leg: Leg, packet: Packet) -> Reply:
    return Reply(code=200, phrase="OK", body=leg.offered(packet))
