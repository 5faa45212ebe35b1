"""Callees and seats' phones that talk: a signalling socket for all of them, RTP for each."""

import audioop
import math
import re
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from dialer.lines.base import CallHandle, Side
from dialer.lines.sip.line import SipHandle
from dialer.lines.sip.pyvoip import SipLine
from tests.sip.peers import CALLEE, HOST, Ear, MutePeer, request, sdp, until

SSRC = 77
TONE = 440.0  # Hz
LEVEL = 16_000  # -6 dBFS; from one law to the other, levels near -14 dBFS keep 31 to 34 dB
MARK = b"\x11" * 160  # 20 ms that nobody else says
SILENCE = {0: b"\xff" * 160, 8: b"\xd5" * 160}


def tone(count: int, *, first: int = 0) -> bytes:
    """Return samples of a sine."""
    turn = 2 * math.pi * TONE / 8000
    return struct.pack(
        f"<{count}h", *(round(LEVEL * math.sin(turn * n)) for n in range(first, first + count))
    )


def encode(samples: bytes, codec: int) -> bytes:
    return audioop.lin2alaw(samples, 2) if codec == 8 else audioop.lin2ulaw(samples, 2)


def decode(payload: bytes, codec: int) -> bytes:
    return audioop.alaw2lin(payload, 2) if codec == 8 else audioop.ulaw2lin(payload, 2)


def snr(said: bytes, heard: bytes) -> float:
    """Return how far the noise lies under the tone, in dB."""
    assert len(said) == len(heard)
    pairs = zip(struct.iter_unpack("<h", said), struct.iter_unpack("<h", heard), strict=True)
    signal = noise = 0
    for (one,), (two,) in pairs:
        signal += one * one
        noise += (one - two) ** 2
    return 10 * math.log10(signal / max(noise, 1))


@dataclass(frozen=True, slots=True)
class Heard:
    """One RTP packet."""

    marker: bool
    kind: int
    number: int
    stamp: int
    ssrc: int
    payload: bytes


@dataclass
class Talker:
    """One answered call seen from the other end."""

    ear: Ear
    handle: CallHandle
    peer: MutePeer
    answer: str  # the INVITE
    rtp: socket.socket
    line_address: tuple[str, int]
    codec: int
    number: int = 0
    stamp: int = 5000

    def say(
        self,
        payload: bytes | None = None,
        *,
        kind: int | None = None,
        marker: bool = False,
        ssrc: int = SSRC,
        rtp: socket.socket | None = None,
    ) -> None:
        """Send 20 ms."""
        payload = encode(tone(160), self.codec) if payload is None else payload
        kind = self.codec if kind is None else kind
        self.send(marker << 7 | kind, self.number, self.stamp, payload, ssrc=ssrc, rtp=rtp)
        self.number += 1
        self.stamp += 160

    def send(
        self,
        kind: int,
        number: int,
        stamp: int,
        payload: bytes,
        *,
        ssrc: int = SSRC,
        rtp: socket.socket | None = None,
    ) -> None:
        """Send one packet as it is given."""
        head = struct.pack("!BBHII", 0x80, kind, number & 0xFFFF, stamp & 0xFFFFFFFF, ssrc)
        (rtp or self.rtp).sendto(head + payload, self.line_address)

    def press(self, key: int) -> None:
        """Press a key for 100 ms, without waiting."""
        for sent in range(8):
            body = struct.pack("!BBH", key, 0x8A if sent > 4 else 0x0A, min(sent + 1, 5) * 160)
            self.send((sent == 0) << 7 | 101, self.number + sent, self.stamp, body)
        self.number += 8
        self.stamp += 8 * 160

    def hear(self) -> Heard:
        """Return the next packet."""
        packet = self.rtp.recv(2048)
        _, second, number, stamp, ssrc = struct.unpack_from("!BBHII", packet)
        return Heard(second > 127, second & 0x7F, number, stamp, ssrc, packet[12:])

    def hear_until(self, wanted: Callable[[Heard], bool], *, most: int = 400) -> list[Heard]:
        """Return the packets up to the first that is wanted, and that one."""
        heard = [self.hear()]
        while not wanted(heard[-1]):
            assert len(heard) < most, "It was not heard."
            heard.append(self.hear())
        return heard

    def is_silent(self, *, seconds: float) -> bool:
        """Wait until nothing has come for so long; False if that never happens."""
        self.rtp.settimeout(seconds)
        try:
            for _ in range(100):
                self.hear()
        except TimeoutError:
            return True
        finally:
            self.rtp.settimeout(5)
        return False

    def hears_nothing(self, *, seconds: float) -> bool:
        """Return whether nothing at all comes for so long."""
        self.rtp.settimeout(seconds)
        try:
            self.hear()
        except TimeoutError:
            return True
        finally:
            self.rtp.settimeout(5)
        return False

    def reoffer(self, direction: str) -> str:
        """Send a re-INVITE and return the answer."""
        return self.ask("INVITE", body=self.describe() + f"a={direction}\r\n")

    def describe(self) -> str:
        """Write our session description."""
        return sdp(self.rtp.getsockname()[1], formats=f"{self.codec} 101")

    def ask(
        self, method: str, *extra: str, body: str = "", contact: str = "", ack: str = ""
    ) -> str:
        """Send a request inside the call and return the answer; `ack` is the ACK's body."""
        lines = dict(
            re.findall(r"^(From|To|Call-ID|Contact): ([^\r]*)", self.answer, re.MULTILINE)
        )
        cseq = self.number + 100
        self.peer.say(
            "\r\n".join(
                [
                    f"{method} {lines['Contact'].strip('<>')} SIP/2.0",
                    f"Via: SIP/2.0/UDP {HOST}:{self.peer.port};branch=z9hG4bK{cseq}{method}",
                    f"From: {lines['To']};tag={self.handle.call_id[:6]}",
                    f"To: {lines['From']}",
                    f"Call-ID: {lines['Call-ID']}",
                    f"CSeq: {cseq} {method}",
                    f"Contact: <{contact or f'sip:callee@{HOST}:{self.peer.port}'}>",
                    *(extra or ("Content-Type: application/sdp",)),
                    f"Content-Length: {len(body)}",
                    "",
                    body,
                ]
            )
        )
        self.number += 1
        reply = self.peer.receive(method)
        if method == "INVITE":
            self.peer.say(
                "\r\n".join(
                    [
                        f"ACK {lines['Contact'].strip('<>')} SIP/2.0",
                        f"Via: SIP/2.0/UDP {HOST}:{self.peer.port};branch=z9hG4bKa{cseq}",
                        f"From: {lines['To']};tag={self.handle.call_id[:6]}",
                        f"To: {lines['From']}",
                        f"Call-ID: {lines['Call-ID']}",
                        f"CSeq: {cseq} ACK",
                        f"Content-Length: {len(ack)}",
                        "",
                        ack,
                    ]
                )
            )
        return reply

    def close(self) -> None:
        self.rtp.close()


def done(handle: CallHandle) -> None:
    """Wait until the line has done what was asked of it so far, and read what had come."""
    assert isinstance(handle, SipHandle)
    for _ in range(2):  # the second turn begins with a look at the sockets
        event = threading.Event()
        handle.reactor.call_soon(event.set)
        assert event.wait(5)


def rtp_socket(*, host: str = HOST) -> socket.socket:
    opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    opened.bind((host, 0))
    opened.settimeout(5)
    return opened


def media_of(invite: str) -> tuple[str, int]:
    """Return where the line wants audio."""
    found = re.search(r"^m=audio ([0-9]+) ", invite, re.MULTILINE)
    assert found is not None
    return HOST, int(found.group(1))


def talker(
    line: SipLine, peer: MutePeer, *, codec: int = 0, keys: bool = True, **changes: Any
) -> Talker:
    """Have a call placed, and answer it."""
    ear = Ear()
    handle = line.originate(request(CALLEE, **changes), ear)
    invite = peer.receive("INVITE")
    rtp = rtp_socket()
    formats = f"{codec} 101" if keys else f"{codec}"
    body = sdp(rtp.getsockname()[1], formats=formats)
    body = body if keys else body.replace("a=rtpmap:101 telephone-event/8000\r\n", "")
    contact = f"Contact: <sip:callee@{HOST}:{peer.port}>"
    peer.answer(invite, "200 OK", contact, tag=handle.call_id[:6], body=body)
    until(lambda: ear.answered)
    return Talker(ear, handle, peer, invite, rtp, media_of(invite), codec)


@dataclass
class Shelf:
    """A recorder that keeps everything in memory."""

    kept: list[tuple[Side, int, bytes, int]] = field(default_factory=list)
    closed: int = 0
    healthy: bool = True

    def take(self, *, side: Side, position: int, payload: bytes, codec: int) -> None:
        self.kept.append((side, position, payload, codec))

    def close(self) -> None:
        self.closed += 1

    def of(self, side: Side) -> list[tuple[int, bytes]]:
        return [(position, payload) for who, position, payload, _ in self.kept if who == side]


Call = Callable[..., Talker]
