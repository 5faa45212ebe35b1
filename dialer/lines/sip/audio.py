"""The audio of one call on pyVoIP's RTP client: heard, sent every 20 ms, passed on, recorded."""

import math
import socket
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

import pyVoIP.VoIP  # noqa: F401 - before pyVoIP.RTP, which needs it
from pyVoIP.RTP import PayloadType, RTPClient, RTPMessage

from dialer.lines.base import CallRecorder
from dialer.lines.sip.bridge import BridgeEnd, Voice
from dialer.lines.sip.hearing import Hearing
from dialer.lines.sip.media import (
    LONGEST_PAYLOAD,
    RECODE,
    SILENCE,
    KeyReader,
    payload_of,
    without_extension,
)
from dialer.lines.sip.reactor import MediaClock, Reactor
from dialer.lines.sip.sdp import EVENT_TYPE, PCMA, PCMU, RemoteMedia
from dialer.lines.sip.stream import (
    AHEAD_SAMPLES,
    HEADER,
    MARKER,
    RTP_VERSION,
    SAMPLE_RATE,
    OutStream,
)
from dialer.lines.sip.third_host import ThirdHost, is_out_of_reach
from dialer.lines.sip.timers import Timer

OFFER: dict[int, PayloadType] = {
    PCMU: PayloadType.PCMU,
    PCMA: PayloadType.PCMA,
    EVENT_TYPE: PayloadType.EVENT,
}
NO_EVENTS = -1
COMFORT_NOISE = (13, 19)
MISSES = 4  # turns of 20 ms without the other call's audio, until silence takes its place
LONGEST_PACKET = 2048
ALIVE_SECONDS = 15.0  # RFC 6263 4.1: Tr
VERSION_BITS = 0xC0
STALE_PACKETS = 512  # that came before anybody listened
NO_KEYS = {*SILENCE, *COMFORT_NOISE}  # payload types


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioHost:
    """What a call's audio needs from its surroundings."""

    reactor: Reactor
    clock: MediaClock
    peer: str  # the trunk's own address, which may send audio besides the one in the SDP
    local_host: str
    local_port: int


class LineRtp(RTPClient):
    """Driven by the media clock; keeps nothing of what it hears."""

    def __init__(
        self,
        *,
        host: AudioHost,
        sock: socket.socket,
        ends: BridgeEnd,
        on_key: Callable[[str], None],
        address: tuple[str, int],
        types: dict[int, PayloadType],
        recorder: CallRecorder | None,
        rests: bool = False,
    ) -> None:
        # In place of pyVoIP's own, which makes two buffers that nothing here fills.
        self.NSD, self.assoc, self.dtmf = True, types, on_key
        self.inIP, self.inPort = host.local_host, host.local_port
        self.outIP, self.outPort = address
        self.sin = self.sout = sock
        self.outgoing = ends.outgoing
        self.heard_packets = 0
        self._other: LineRtp | None = None  # the call that hears this one and is heard by it
        self.press = ends.press
        self._on_key = on_key
        self._host = host
        self._hearing = Hearing()
        self._keys = KeyReader()
        self._recorder = recorder
        self._stream = OutStream(began=monotonic())
        self._target = address
        self._sources = {address[0], host.peer}
        self._third = ThirdHost()
        self._apart: tuple[str, int] | None = None  # heard, and not sent to
        self._codec, self._event_type = PCMU, NO_EVENTS
        self._heard_events = {EVENT_TYPE}
        self._pressed, self._answered_at = "", math.inf
        self._run, self._base, self._heard_end = 0, 0, 0
        self._said_zero = 0  # of the answer, in our own stream
        self._missed = MISSES
        self._muted = False
        self._rests = rests
        self._lay: list[tuple[bytes, tuple[str, int]]] = []  # in the port, before the answer
        self._alive: Timer | None = None

    def point_to(self, media: RemoteMedia) -> None:
        """Send to, and listen to, another address."""
        self._event_type = NO_EVENTS if media.event_type is None else media.event_type
        # We hear the type that we offered as well as theirs, whatever the answer says or leaves
        # out (RFC 3264 6.1): a 9 that is not heard is a refusal that is lost.
        self._heard_events = {EVENT_TYPE, self._event_type}
        self.assoc = dict.fromkeys(self._heard_events, PayloadType.EVENT)
        self.assoc[media.codec] = OFFER[media.codec]
        self._codec = media.codec
        self._muted = not media.wants_audio
        if not media.is_nowhere:
            if self._third.is_new or self._target != (media.host, media.port):
                self._third.expect(monotonic())
            self._target = (media.host, media.port)
            self._sources = {media.host, self._host.peer}
            self._hearing.expect(self._target)
        if self._lay:
            self._host.reactor.call_soon(self._take_what_lay)  # when the answer has been told

    def _take_what_lay(self) -> None:
        lay, self._lay = self._lay, []
        for packet, source in lay:
            self._take(packet, source)

    @property
    def takes_keys(self) -> bool:
        """Whether the other side reads key presses in the audio stream."""
        return self._event_type != NO_EVENTS

    def answered(self) -> None:
        """Count from now on: what comes before the answer is nobody's conversation."""
        if self._answered_at == math.inf:
            self._answered_at = monotonic()
            self._said_zero = int((self._answered_at - self._stream.began) * SAMPLE_RATE)

    def start(self) -> None:
        """Begin to send and to listen; voice that lies in the port is old, a key is not.

        Somebody who presses 9 before we have come to read the answer has refused all the same.
        """
        for _ in range(STALE_PACKETS):
            try:
                packet, source = self.sin.recvfrom(LONGEST_PACKET)
            except OSError:
                break
            if len(packet) >= HEADER.size and packet[1] & ~MARKER not in NO_KEYS:
                self._lay.append((packet, source))
        self._host.reactor.add_reader(self.sin, self.recv)
        if self._rests:
            self._keep_alive()
        else:
            self._host.clock.join(self.trans)

    def stop(self) -> None:
        """End both; the socket belongs to the call."""
        self._host.reactor.remove_reader(self.sin)
        self._host.clock.leave(self.trans)
        if self._alive is not None:
            self._alive.cancel()
        self._other = None

    def join(self, other: Voice | None) -> None:
        """Pass on to the other call, and hear it; None = hear nobody."""
        self._other = other if isinstance(other, LineRtp) else None
        self._missed = MISSES  # silence, until the other's first packet
        if self._rests:
            self._host.clock.leave(self.trans)
            if self._other is not None:
                self._host.clock.join(self.trans)

    def _keep_alive(self) -> None:
        """Say 20 ms of silence every 15 s while nobody else is heard here (RFC 6263 4.1).

        A description that says sendrecv promises no packets (RFC 3264 5.1): what goes on is a
        talkspurt, which ends (RFC 3551 4.1).
        """
        self._alive = self._host.reactor.call_later(ALIVE_SECONDS, self._keep_alive)
        if self._other is None:
            self.trans(monotonic())

    # What we send

    def trans(self, due: float = 0.0) -> None:
        """Send 20 ms of our own, unless the other call's audio leaves."""
        speaks = self.outgoing.speaking and self._answered_at <= due
        if self._other is not None and not speaks and self._missed < MISSES:
            self._missed += 1
            return
        at = int((due - self._stream.began) * SAMPLE_RATE)
        codec = self._codec
        if speaks and (key := self.outgoing.next_key()) is not None and self.takes_keys:
            write = self._stream.begin_key if key.begins else self._stream.key
            self._put(write(at=at, kind=self._event_type, payload=key.payload))
            return
        voice = self.outgoing.next_voice(codec=codec) if speaks else SILENCE[codec]
        if self._muted:
            self._stream.skip(at)
            voice = SILENCE[codec]
        else:
            self._put(self._stream.own(at=at, kind=codec, payload=voice))
        if self._recorder is not None:
            self._record_us(voice)

    def _put(self, packet: bytes) -> None:
        source = self._hearing.source
        try:
            self.sout.sendto(packet, source if source and source != self._apart else self._target)
        except OSError:  # a lost packet
            return

    def _record_us(self, voice: bytes) -> None:
        position = self._stream.position - self._said_zero
        if self._recorder is not None and position >= 0 and self._answered_at < math.inf:
            self._recorder.take(side="us", position=position, payload=voice, codec=self._codec)

    # What we hear

    def recv(self) -> None:
        """Take one packet: voice, key press, or nothing of ours; the reactor asks for the next.

        This runs fifty times a second for every call: it calls as little as it can.
        """
        try:
            packet, source = self.sin.recvfrom(LONGEST_PACKET)
        except OSError:  # nothing there after all
            return
        self._take(packet, source)

    def _take(self, packet: bytes, source: tuple[str, int]) -> None:
        well_formed = len(packet) >= HEADER.size and packet[0] & VERSION_BITS == RTP_VERSION
        if well_formed and (source[0] in self._sources or self._is_third(packet, source[:2])):
            self._sort(packet, source[:2])

    def _is_third(self, packet: bytes, source: tuple[str, int]) -> bool:
        """Return whether a host that nobody has named is heard here."""
        known = self._hearing.source
        heard = known is not None and known[0] in self._sources
        if not self._third.admits(packet, source, monotonic(), named_is_heard=heard):
            return False
        self._apart = None if is_out_of_reach(self._target[0], source[0]) else source
        return True

    def _sort(self, packet: bytes, source: tuple[str, int]) -> None:
        first, second, sequence, timestamp, ssrc = HEADER.unpack_from(packet)
        kind, now = second & ~MARKER, monotonic()
        if kind in SILENCE:
            if self._hearing.accept(sequence, timestamp, ssrc, source, now):
                payload = packet[12:] if first == RTP_VERSION else payload_of(packet)
                self._voice(kind, second & MARKER, payload, now)
        elif kind in self._heard_events:
            if self._hearing.accept_key(sequence, timestamp, ssrc, source, now):
                self._key(second & MARKER, without_extension(packet), now)
        elif kind in COMFORT_NOISE and source == self._hearing.source:
            self.heard_packets += 1

    def _voice(self, codec: int, mark: int, payload: bytes, now: float) -> None:
        self.heard_packets += 1
        if not 0 < len(payload) <= LONGEST_PAYLOAD:
            return
        if self._other is not None:
            self._other.pass_on(self._hearing, codec, mark, payload, now)
        if self._recorder is not None and self._answered_at <= now:
            self._record_callee(codec, payload)

    def _record_callee(self, codec: int, payload: bytes) -> None:
        hearing = self._hearing
        if hearing.run != self._run:  # another stream: placed at its arrival, after what was
            base = int((hearing.began - self._answered_at) * SAMPLE_RATE)
            overlap = self._heard_end - base
            base += overlap if 0 < overlap < AHEAD_SAMPLES else 0
            self._run, self._base = hearing.run, base
        position = self._base + hearing.position
        self._heard_end = max(self._heard_end, position + len(payload))
        if position >= 0 and self._recorder is not None:
            self._recorder.take(side="callee", position=position, payload=payload, codec=codec)

    def _key(self, mark: int, packet: bytes, now: float) -> None:
        """Tell a key, and press it on the other side too."""
        self.heard_packets += 1
        self._pressed = ""
        self.parse_packet(packet)  # pyVoIP's, which comes back in `parse_telephone_event`
        other, hearing = self._other, self._hearing
        if other is None:
            return
        if other.takes_keys and not hearing.aside:
            other.pass_on(hearing, NO_EVENTS, mark, packet[HEADER.size :], now)
        elif self._pressed:
            other.press(self._pressed)

    def parse_telephone_event(self, packet: RTPMessage) -> None:
        """Report each key once, also when its first packet was lost."""
        key = self._keys.read(timestamp=packet.timestamp, payload=packet.payload)
        if key is not None:
            self._pressed = key
            self._on_key(key)

    def pass_on(self, heard: Hearing, codec: int, mark: int, payload: bytes, now: float) -> None:
        """Send at once what the other call's side has said; NO_EVENTS stands for a key."""
        if self.outgoing.speaking or self._muted:
            return
        stream, kind, length = self._stream, self._codec, len(payload)
        if codec == NO_EVENTS:
            kind, length = self._event_type, 0
        elif codec != kind:
            payload = payload.translate(RECODE[codec, kind])
        packet = stream.passed_on(
            int((now - stream.began) * SAMPLE_RATE), heard, mark | kind, payload, length
        )
        if packet is None:
            return
        self._missed = 0
        self._put(packet)
        if self._recorder is not None and length:
            self._record_us(payload)
