"""The loopback carrier's one RTP port: it says back what it hears, presses keys, notes keys."""

import asyncio
import ipaddress
import secrets
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass, field

from dialer.lines.carrier.text import sdp

KEYS = "0123456789*#ABCD"
FRAME_SECONDS = 0.02
EVENT_TYPE = 101
VOICES = (0, 8)
QUIET = bytes((0xFF, 0x7F, 0xFE, 0x7E, 0xD5, 0x55))  # G.711 for next to nothing
PRESS_PACKETS = 5
PACKETS_PER_TURN = 256
HEAD = struct.Struct("!BBHII")
Address = tuple[str, int]


@dataclass(slots=True, kw_only=True)
class Listener:
    """What was heard from one caller's port."""

    on_digit: Callable[[str], None]
    echoes: bool = True  # a callee that says nothing at all is taken for a dead line
    on_voice: Callable[[], None] | None = None  # told of the first sound that is not silence
    packets: int = 0
    key_times: set[int] = field(default_factory=set)


class CarrierMedia:
    """One UDP socket for the audio of all calls."""

    def __init__(self, *, host: str) -> None:
        self._host = host
        self._socket = socket.socket(family_of(host), socket.SOCK_DGRAM)
        self._socket.settimeout(0)
        self._socket.bind((host, 0))
        self.port: int = self._socket.getsockname()[1]
        self._listeners: dict[Address, Listener] = {}
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._socket, self._readable)

    def listen(
        self,
        address: Address,
        on_digit: Callable[[str], None],
        *,
        on_voice: Callable[[], None],
        echoes: bool = True,
    ) -> Listener:
        """Listen to one caller's port."""
        listener = Listener(on_digit=on_digit, on_voice=on_voice, echoes=echoes)
        self._listeners[address] = listener
        return self._listeners[address]

    def forget(self, address: Address, listener: Listener) -> bool:
        """Listen no more. Return False if another call has the caller's port by now."""
        if self._listeners.get(address) is not listener:
            return False
        del self._listeners[address]
        return True

    def press(self, key: str, *, address: Address, lose_first: bool) -> None:
        """Press a key for 100 ms (RFC 4733), with or without the packet that has the marker."""
        source, start = secrets.randbits(32), secrets.randbits(32)
        for number in range(PRESS_PACKETS + 3):
            ends = number >= PRESS_PACKETS
            duration = min(number + 1, PRESS_PACKETS) * 160
            marker = 0x80 if number == 0 else 0
            packet = HEAD.pack(0x80, marker | EVENT_TYPE, number, start, source)
            packet += struct.pack("!BBH", KEYS.index(key), 0x8A if ends else 0x0A, duration)
            if number or not lose_first:
                self._loop.call_later(number * FRAME_SECONDS, self._send, packet, address)

    def described(self, formats: str) -> bytes:
        """Describe the port, with these payload types."""
        return sdp(host=self._host, port=self.port, formats=formats)

    def close(self) -> None:
        """Close the port."""
        self._loop.remove_reader(self._socket)
        self._socket.close()

    def _send(self, packet: bytes, address: Address) -> None:
        if is_loopback(address[0]) and self._socket.fileno() >= 0:
            self._socket.sendto(packet, address)

    def _readable(self) -> None:
        for _ in range(PACKETS_PER_TURN):
            try:
                packet, source = self._socket.recvfrom(2048)
            except BlockingIOError:
                return
            source = (source[0], source[1])  # of IPv6 there is more to it
            listener = self._listeners.get(source)
            if listener is not None:
                self._hear(source, listener, packet)

    def _hear(self, source: Address, listener: Listener, packet: bytes) -> None:
        listener.packets += 1
        speaks = packet[1:2] and packet[1] & 0x7F in VOICES
        if listener.on_voice is not None and speaks and packet[HEAD.size :].strip(QUIET):
            listener.on_voice()
            listener.on_voice = None
        if len(packet) > HEAD.size and packet[1] & 0x7F == EVENT_TYPE:
            time = HEAD.unpack_from(packet)[3]
            if time not in listener.key_times and packet[HEAD.size] < len(KEYS):
                listener.key_times.add(time)
                listener.on_digit(KEYS[packet[HEAD.size]])
        if listener.echoes and packet[1:2] and packet[1] & 0x7F in VOICES:
            self._send(packet, source)


def family_of(host: str) -> socket.AddressFamily:
    """Return the family of an address."""
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def is_loopback(host: str) -> bool:
    """Say whether an address stays on this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
