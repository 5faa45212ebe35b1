"""SIP lines on pyVoIP: the only module, with `audio.py`, that imports it.

pyVoIP writes the INVITE and the REGISTER, keeps the phone, the calls and their states, reads the
answer into a call, and names codecs and key events. The transport, the transactions, the dialogs
and the media clock are ours, in the modules beside this one, because pyVoIP's block for ever,
never send anything twice, and acknowledge an answer with a tag that the other side does not know.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import pyVoIP.VoIP  # before pyVoIP.SIP, which imports it back
from pyVoIP.RTP import PayloadType, TransmitType
from pyVoIP.SIP import SIPClient, SIPMessage
from pyVoIP.VoIP import CallState, VoIPCall, VoIPPhone

from dialer.lines.base import CallRecorder, CallRequest
from dialer.lines.sip.audio import OFFER, AudioHost, LineRtp
from dialer.lines.sip.bridge import BridgeEnd
from dialer.lines.sip.chance import word
from dialer.lines.sip.config import TrunkConfig, bracketed
from dialer.lines.sip.dialog import METHODS, Dialog, dialog_written, edit, new_branch
from dialer.lines.sip.form import (
    BRANCH,
    CALL_ID,
    CALLEE,
    IDENTITY,
    PORT,
    SHOWN,
    TAG,
    Form,
)
from dialer.lines.sip.line import TrunkLine
from dialer.lines.sip.media import Outgoing
from dialer.lines.sip.packet import Packet
from dialer.lines.sip.ports import RtpPort, RtpPorts
from dialer.lines.sip.reactor import Reactor
from dialer.lines.sip.sdp import RemoteMedia, write_sdp
from dialer.lines.sip.text import carrying, finished_invite, finished_register
from dialer.lines.sip.trunk import Trunk
from dialer.lines.sip.wire import Place, Placed

pyVoIP.SIPCompatibleMethods[:] = METHODS.split(", ")

PORT_REST_SECONDS = 0.5  # late packets of one call must not reach the next


class OwnInvite(SIPMessage):
    """What a call keeps of its INVITE, which pyVoIP need not read: it has written it."""

    def __init__(self, dialog: Dialog) -> None:
        super().__init__(b"")
        self.headers["Call-ID"] = dialog.call_id
        self.headers["Contact"] = f"<{dialog.contact}>"
        self.headers["To"] = {"tag": ""}

    def parse(self, data: bytes) -> None:
        """Read nothing."""


class LineMessage(SIPMessage):
    """What a call keeps of an answer with audio: ours is read, so pyVoIP reads values only."""

    def __init__(self, *, answer: Packet, media: RemoteMedia) -> None:
        super().__init__(b"")
        self.parse_header("To", f"<sip:anonymous@invalid>;tag={answer.to_tag}")
        self.parse_header("Contact", f"<{answer.contact}>")
        types: dict[str, dict[str, dict[str, str]]] = {str(media.codec): {}}
        if media.event_type is not None:
            types[str(media.event_type)] = {"rtpmap": {"name": PayloadType.EVENT.value}}
        stream = {"type": "audio", "port": media.port, "methods": [*types], "attributes": types}
        self.body = {"c": [{"address": media.host}], "m": [stream]}

    def parse(self, data: bytes) -> None:
        """Read nothing: `packet` has."""


class LineClient(SIPClient):
    """Writes messages; sends and receives nothing itself."""

    phone: "LinePhone"

    def __init__(self, *about: Any, **more: Any) -> None:
        super().__init__(*about, **more)
        self._forms: dict[tuple[bool, str, str], Form] = {}

    def gen_call_id(self) -> str:
        """Make an id that no restart repeats."""
        return f"{word(16)}@{self.myIP}"

    def gen_tag(self) -> str:
        """Make a tag without remembering it."""
        return word(8)

    def write_invite(self, *, request: CallRequest, port: int, branch: str, call_id: str) -> str:
        """Write the INVITE. The caller number comes from the request and from nowhere else."""
        return self._form(permitted=request.identity != "").filled(
            callee=request.callee,
            shown=f"<sip:{request.caller_number}@{self.server}>",
            identity=request.identity,
            port=str(port),
            branch=branch,
            call=call_id,
            tag=self.gen_tag(),
        )

    def _form(self, *, permitted: bool) -> Form:
        """Return what all INVITEs have in common, as long as we are reached at the same place."""
        outside = self.phone.trunk.outside
        where = (permitted, outside.contact, outside.media_host)
        form = self._forms.get(where)
        if form is None:
            text = self.write_raw(CALLEE, port=PORT, call_id=CALL_ID)
            text = finished_invite(text, outside=outside, shown=SHOWN, branch=BRANCH)
            text = edit(r"(?<=;tag=)[^\r]*", TAG, text)
            form = Form(carrying(text, identity=IDENTITY if permitted else ""))
            self._forms = {where: form}
        return form

    def write_raw(self, user: str, *, port: int | str, call_id: str) -> str:
        """Write what has to be finished before it can leave."""
        media: dict[Any, Any] = {port: OFFER}
        text = self.gen_invite(user, "1", media, TransmitType.SENDRECV, "", call_id)
        del self.tagLibrary[call_id]
        return text

    def write_register(
        self, *, branch: str, call_id: str, expires: int, authorization: str
    ) -> str:
        """Write a REGISTER."""
        self.default_expires = expires
        text = self.gen_first_response(deregister=expires == 0)
        where = {"branch": branch, "call_id": call_id, "contact": self.phone.trunk.contact}
        return finished_register(text, **where, authorization=authorization)


class LineCall(VoIPCall):
    """pyVoIP's call with our audio; its signalling is in `sip/call.Leg`."""

    def __init__(
        self,
        *,
        phone: "LinePhone",
        dialog: Dialog,
        port: RtpPort,
        recorder: CallRecorder | None,
        rests: bool,
    ) -> None:
        self.rtp_port, self._rests = port, rests
        self.line_phone = phone
        self.outgoing = Outgoing()
        self.ends = BridgeEnd(self.outgoing)
        self.on_digit: Callable[[str], object] = str  # until the call is told who listens
        self._recorder = recorder
        self._sdp_version = 1
        self._closed, self._heard = False, 0
        self._audio: LineRtp | None = None
        request = OwnInvite(dialog)
        media: dict[int, Any] = {port.number: OFFER}
        super().__init__(phone, CallState.DIALING, request, 1, phone.myIP, ms=media)

    def __del__(self) -> None:
        """Leave the ports alone: pyVoIP's own version can lock the process up."""

    @property
    def heard_packets(self) -> int:
        """How many packets of the other side came so far."""
        return self._audio.heard_packets if self._audio is not None else self._heard

    def dtmf_callback(self, code: str) -> None:
        """Report a key."""
        self.on_digit(code)

    def create_rtp_clients(
        self,
        codecs: dict[int, PayloadType],
        ip: str,  # noqa: ARG002 - pyVoIP's signature
        port: int,
        request: SIPMessage,
        baseport: int,
    ) -> None:
        """Make the one audio stream of the call (pyVoIP asks for it in `answered`)."""
        trunk = self.line_phone.trunk
        self._audio = LineRtp(
            host=AudioHost(
                reactor=trunk.reactor,
                clock=trunk.media_clock,
                peer=trunk.peer,
                local_host=self.myIP,
                local_port=port,
            ),
            sock=self.rtp_port.socket,
            ends=self.ends,
            on_key=self.dtmf_callback,
            address=(request.body["c"][0]["address"], baseport),
            types=codecs,
            recorder=self._recorder,
            rests=self._rests,
        )
        self.RTPClients.append(self._audio)

    def connect(self, *, answer: Packet, media: RemoteMedia) -> None:
        """Start the audio, or point it elsewhere."""
        if self._closed:
            return
        if self._audio is None:
            self.answered(LineMessage(answer=answer, media=media))
        if self._audio is not None:
            self._audio.point_to(media)

    def answered_now(self) -> None:
        """Record, and let others hear it, from now on."""
        if self._audio is not None and not self._closed:
            self._audio.answered()
            self.ends.answered(self._audio)

    def describe(self, remote: RemoteMedia | None) -> bytes:
        """Write our own session description."""
        self._sdp_version += 1
        host = self.line_phone.trunk.outside.media_host
        return write_sdp(host=host, port=self.port, version=self._sdp_version, remote=remote)

    def close(self) -> None:
        """Stop the audio and give the port back."""
        if self._closed:
            return
        self._closed = True
        self.ends.close()
        self.bye()  # stops the audio, sets the state, leaves the phone's list
        self.state = CallState.ENDED
        self.rtp_port.socket.close()
        self._heard, self._audio = self.heard_packets, None
        self.RTPClients.clear()  # the rest of the call waits for late answers
        if self._recorder is not None:
            self._recorder.close()
        again = partial(self.line_phone.ports.give_back, self.rtp_port)
        self.line_phone.trunk.reactor.call_later(PORT_REST_SECONDS, again)


class LinePhone(VoIPPhone):
    """pyVoIP's phone for one trunk: its calls and its RTP ports."""

    def __init__(self, *, trunk: Trunk, host: str, port: int) -> None:
        config = trunk.config
        user, (low, high) = config.username or "line", config.rtp_ports
        super().__init__(
            config.authority, config.port, user, "", myIP=host, sipPort=port,
            rtpPortLow=low, rtpPortHigh=high,
        )  # fmt: skip
        self.trunk = trunk
        self.sip = self.line_client = LineClient(
            config.authority, config.port, user, "", phone=self, myIP=bracketed(host), myPort=port
        )
        self.ports = RtpPorts(host=host, low=low, high=high)
        self._register_id = self.sip.gen_call_id()

    def place(self, request: CallRequest) -> Place:
        """Set a port aside; the INVITE is written later."""
        invite = partial(self.line_client.write_invite, request=request)
        return self.place_by(invite, recorder=request.recorder)

    def place_by(
        self, write: Callable[..., str], *, recorder: CallRecorder | None, rests: bool = False
    ) -> Place:
        """Set a port aside for an INVITE; a call that rests says nothing to nobody."""
        number, call_id = self.ports.reserve(), self.sip.gen_call_id()

        def make() -> Placed:
            branch, port = new_branch(), self.ports.open(number)
            try:
                text = write(port=port.number, branch=branch, call_id=call_id)
            except Exception:
                self.ports.give_back(port)
                raise
            local = f"{self.sip.myIP}:{self.sip.myPort}"
            dialog = dialog_written(text, call_id=call_id, branch=branch, local=local)
            call = LineCall(phone=self, dialog=dialog, port=port, recorder=recorder, rests=rests)
            self.calls[call_id] = call
            return Placed(dialog=dialog, invite=text.encode(), session=call)

        return Place(call_id=call_id, write=make, drop=partial(self.ports.drop, number))

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
