"""SIP lines on pyVoIP: the only module that imports it.

pyVoIP writes the INVITE and the REGISTER, keeps the phone, the calls and their states, reads the
answer into a call, and names codecs and key events. The transport, the transactions, the dialogs
and the media clock are ours (`sip_*.py`), because pyVoIP's block for ever, never send anything
twice, and acknowledge an answer with a tag that the other side does not know.
"""

import secrets
import socket
from collections.abc import Callable
from typing import Any

import pyVoIP.VoIP  # before pyVoIP.SIP, which imports it back
from pyVoIP.RTP import PayloadType, RTPClient, RTPMessage, TransmitType
from pyVoIP.SIP import SIPClient, SIPMessage
from pyVoIP.VoIP import CallState, VoIPCall, VoIPPhone

from dialer.lines.base import CallRequest
from dialer.lines.sip_config import TrunkConfig
from dialer.lines.sip_dialog import AGENT, METHODS, dialog_of, edit, new_branch
from dialer.lines.sip_line import TrunkLine
from dialer.lines.sip_media import (
    HEADER,
    RTP_VERSION,
    KeyReader,
    Outgoing,
    RtpWriter,
    without_extension,
)
from dialer.lines.sip_packet import Packet, read_packet
from dialer.lines.sip_ports import RtpPorts
from dialer.lines.sip_reactor import Reactor
from dialer.lines.sip_sdp import EVENT_TYPE, PCMA, PCMU, RemoteMedia, write_sdp
from dialer.lines.sip_trunk import Placed, Trunk

pyVoIP.SIPCompatibleMethods[:] = METHODS.split(", ")

OFFER: dict[int, Any] = {
    PCMU: PayloadType.PCMU,
    PCMA: PayloadType.PCMA,
    EVENT_TYPE: PayloadType.EVENT,
}
PORT_REST_SECONDS = 0.5  # late packets of one call must not reach the next
PACKETS_PER_TURN = 8
NO_EVENTS = -1
CODECS = (PayloadType.PCMU, PayloadType.PCMA)


class LineMessage(SIPMessage):
    """An answer with audio, brought into the form that pyVoIP can parse."""

    def __init__(self, *, answer: Packet, media: RemoteMedia) -> None:
        super().__init__(answer.skeleton())
        types: dict[str, dict[str, dict[str, str]]] = {str(media.codec): {}}
        if media.event_type is not None:
            types[str(media.event_type)] = {"rtpmap": {"name": PayloadType.EVENT.value}}
        self.body = {
            "c": [{"address": media.host}],
            "m": [
                {
                    "type": "audio",
                    "port": media.port,
                    "methods": list(types),
                    "attributes": types,
                }
            ],
        }


class LineClient(SIPClient):
    """Writes messages; sends and receives nothing itself."""

    def gen_call_id(self) -> str:
        """Make an id that no restart repeats."""
        return f"{secrets.token_hex(16)}@{self.myIP}"

    def gen_tag(self) -> str:
        """Make a tag without remembering it."""
        return secrets.token_hex(8)

    def write_invite(self, *, request: CallRequest, port: int, branch: str, call_id: str) -> str:
        """Write the INVITE. The caller number comes from the request and from nowhere else."""
        media: dict[int, Any] = {port: OFFER}
        text = self.gen_invite(request.callee, "1", media, TransmitType.SENDRECV, branch, call_id)
        del self.tagLibrary[call_id]
        identity = f"<sip:{request.caller_number}@{self.server}>"
        text = edit(r"From: <[^>]*>", f"P-Asserted-Identity: {identity}\r\nFrom: {identity}", text)
        text = edit(r"branch=[^\r]*", f"branch={branch};rport", text)
        text = edit(r"CSeq: [0-9]+ INVITE", "CSeq: 1 INVITE", text)
        return edit(r"User-Agent: [^\r]*", f"User-Agent: {AGENT}", text)

    def write_register(
        self, *, branch: str, call_id: str, expires: int, authorization: str
    ) -> str:
        """Write a REGISTER."""
        self.default_expires = expires
        text = self.gen_first_response(deregister=expires == 0)
        text = edit(r"branch=[^;]*", f"branch={branch}", text)
        text = edit(r"Call-ID: [^\r]*", f"Call-ID: {call_id}", text)
        agent = f"User-Agent: {AGENT}"
        line = f"{agent}\r\n{authorization}" if authorization else agent
        return edit(r"User-Agent: [^\r]*", line, text)


class LineRtp(RTPClient):
    """The audio of one call, driven by the media clock; keeps nothing of what it hears."""

    def __init__(
        self, *, call: "LineCall", assoc: dict[int, PayloadType], host: str, port: int
    ) -> None:
        super().__init__(
            assoc, call.myIP, call.port, host, port, TransmitType.SENDRECV, call.dtmf_callback
        )
        self.sin = self.sout = call.socket
        self._writer = RtpWriter(
            sequence=secrets.randbits(16),
            timestamp=secrets.randbits(32),
            source=secrets.randbits(32),
        )
        self.heard_packets = 0
        self.muted = False
        self._trunk = call.line_phone.trunk
        self._outgoing = call.outgoing
        self._keys = KeyReader()
        self._on_key = call.dtmf_callback
        self._codec = self._event_type = NO_EVENTS
        self.point_to(host=host, port=port, types=assoc)

    def point_to(self, *, host: str, port: int, types: dict[int, PayloadType]) -> None:
        """Send to, and listen to, another address."""
        self.assoc = types
        self.outIP, self.outPort = host, port
        self._sources = {host, self._trunk.peer}
        self._codec = next(number for number, kind in types.items() if kind in CODECS)
        events = (number for number, kind in types.items() if kind == PayloadType.EVENT)
        self._event_type = next(events, NO_EVENTS)

    def start(self) -> None:
        """Begin to send and to listen."""
        self._trunk.reactor.add_reader(self.sin, self.recv)
        self._trunk.media_clock.join(self.trans)

    def stop(self) -> None:
        """End both; the socket belongs to the call."""
        self._trunk.reactor.remove_reader(self.sin)
        self._trunk.media_clock.leave(self.trans)

    def trans(self) -> None:
        """Send one packet of 20 ms."""
        if self.muted:
            return
        frame = self._outgoing.next_frame(codec=self._codec)
        kind = self._event_type if frame.event else self._codec
        packet = self._writer.write(frame, payload_type=kind)
        try:
            self.sout.sendto(packet, (self.outIP, self.outPort))
        except OSError:  # a lost packet
            return

    def recv(self) -> None:
        """Read what has come."""
        for _ in range(PACKETS_PER_TURN):
            try:
                packet, source = self.sin.recvfrom(2048)
            except OSError:  # nothing more
                return
            if source[0] in self._sources:
                self.parse_packet(packet)

    def parse_packet(self, packet: bytes) -> None:
        """Take key presses out; audio is only counted."""
        if len(packet) < HEADER.size or packet[0] & 0xC0 != RTP_VERSION:
            return
        if packet[1] & 0x7F == self._event_type:
            super().parse_packet(without_extension(packet))
        else:
            self.heard_packets += 1

    def parse_telephone_event(self, packet: RTPMessage) -> None:
        """Report each key once, also when its first packet was lost."""
        key = self._keys.read(timestamp=packet.timestamp, payload=packet.payload)
        if key is not None:
            self._on_key(key)


class LineCall(VoIPCall):
    """pyVoIP's call with our audio; its signalling is in `sip_call.Leg`."""

    def __init__(self, *, phone: "LinePhone", invite: str, sock: socket.socket) -> None:
        self.socket = sock
        self.line_phone = phone
        self.outgoing = Outgoing()
        self.on_digit: Callable[[str], object] = str  # until the call is told who listens
        self._sdp_version = 1
        self._closed = False
        self._audio: LineRtp | None = None
        request = SIPMessage(invite.encode())
        media: dict[int, Any] = {sock.getsockname()[1]: OFFER}
        super().__init__(phone, CallState.DIALING, request, 1, phone.myIP, ms=media)

    def __del__(self) -> None:
        """Leave the ports alone: pyVoIP's own version can lock the process up."""

    def dtmf_callback(self, code: str) -> None:
        """Report a key."""
        self.on_digit(code)

    def create_rtp_clients(
        self,
        codecs: dict[int, PayloadType],
        ip: str,  # noqa: ARG002 - pyVoIP's signature
        port: int,  # noqa: ARG002
        request: SIPMessage,
        baseport: int,
    ) -> None:
        """Make the one audio stream of the call (pyVoIP asks for it in `answered`)."""
        host = request.body["c"][0]["address"]
        self._audio = LineRtp(call=self, assoc=codecs, host=host, port=baseport)
        self.RTPClients.append(self._audio)

    def connect(self, *, answer: Packet, media: RemoteMedia) -> None:
        """Start the audio, or point it elsewhere."""
        if self._closed:
            return
        if self._audio is None:
            self.answered(LineMessage(answer=answer, media=media))
        if self._audio is None:
            return
        types = {media.codec: OFFER[media.codec]}
        if media.event_type is not None:
            types[media.event_type] = PayloadType.EVENT
        self._audio.point_to(host=media.host, port=media.port, types=types)
        self._audio.muted = not media.wants_audio

    def describe(self, remote: RemoteMedia | None) -> bytes:
        """Write our own session description."""
        self._sdp_version += 1
        return write_sdp(host=self.myIP, port=self.port, version=self._sdp_version, remote=remote)

    def close(self) -> None:
        """Stop the audio and give the port back."""
        if self._closed:
            return
        self._closed = True
        self.bye()  # stops the audio, sets the state, leaves the phone's list
        self.state = CallState.ENDED
        self.socket.close()
        ports, trunk = self.line_phone.ports, self.line_phone.trunk
        trunk.reactor.call_later(PORT_REST_SECONDS, lambda: ports.give_back(self.port))


class LinePhone(VoIPPhone):
    """pyVoIP's phone for one trunk: its calls and its RTP ports."""

    def __init__(self, *, trunk: Trunk, host: str, port: int) -> None:
        config = trunk.config
        user = config.username or "line"
        low, high = config.rtp_ports
        super().__init__(
            config.authority, config.port, user, "", myIP=host, sipPort=port,
            rtpPortLow=low, rtpPortHigh=high,
        )  # fmt: skip
        self.trunk = trunk
        self.sip = self.line_client = LineClient(
            config.authority, config.port, user, "", phone=self, myIP=host, myPort=port
        )
        self.ports = RtpPorts(host=host, low=low, high=high)
        self._register_id = self.sip.gen_call_id()

    def place(self, request: CallRequest) -> Placed:
        """Take a port and write the INVITE."""
        sock = self.ports.take()
        port = sock.getsockname()[1]
        branch, call_id = new_branch(), self.sip.gen_call_id()
        text = self.line_client.write_invite(
            request=request, port=port, branch=branch, call_id=call_id
        )
        call = LineCall(phone=self, invite=text, sock=sock)
        self.calls[call_id] = call
        dialog = dialog_of(read_packet(text.encode()), local=f"{self.myIP}:{self.sip.myPort}")
        return Placed(dialog=dialog, invite=text.encode(), session=call)

    def register_request(self, *, branch: str, expires: int, authorization: str) -> bytes:
        """Write a REGISTER."""
        return self.line_client.write_register(
            branch=branch, call_id=self._register_id, expires=expires, authorization=authorization
        ).encode()


class SipLine(TrunkLine):
    """One SIP trunk as a line, on pyVoIP."""

    def __init__(self, config: TrunkConfig, *, reactor: Reactor | None = None) -> None:
        super().__init__(config, phone=_open_phone, reactor=reactor or Reactor())
        self.shares_reactor = reactor is not None


def _open_phone(trunk: Trunk, host: str, port: int) -> LinePhone:
    return LinePhone(trunk=trunk, host=host, port=port)
