"""The loopback carrier's one RTP port: it presses keys, and notes the keys that it hears."""

import asyncio
import ipaddress
import secrets
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass, field

KEYS = "0123456789*#ABCD"
FRAME_SECONDS = 0.02
EVENT_TYPE = 101
PRESS_PACKETS = 5
PACKETS_PER_TURN = 256
HEAD = struct.Struct("!BBHII")
Address = tuple[str, int]


@dataclass(slots=True, kw_only=True)
class Listener:
    """What was heard from one caller's port."""

    on_digit: Callable[[str], None]
    packets: int = 0
    key_times: set[int] = field(default_factory=set)


class CarrierMedia:
    """One UDP socket for the audio of all calls."""

    def __init__(self, *, host: str) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.settimeout(0)
        self._socket.bind((host, 0))
        self.port: int = self._socket.getsockname()[1]
        self._listeners: dict[Address, Listener] = {}
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._socket, self._readable)

    def listen(self, address: Address, on_digit: Callable[[str], None]) -> Listener:
        """Listen to one caller's port."""
        self._listeners[address] = Listener(on_digit=on_digit)
        return self._listeners[address]

    def forget(self, address: Address) -> None:
        """Listen to it no more."""
        self._listeners.pop(address, None)

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
            listener = self._listeners.get(source)
            if listener is not None:
                _hear(listener, packet)


def is_loopback(host: str) -> bool:
    """Say whether an address stays on this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _hear(listener: Listener, packet: bytes) -> None:
    listener.packets += 1
    if len(packet) <= HEAD.size or packet[1] & 0x7F != EVENT_TYPE:
        return
    time = HEAD.unpack_from(packet)[3]
    if time not in listener.key_times and packet[HEAD.size] < len(KEYS):
        listener.key_times.add(time)
        listener.on_digit(KEYS[packet[HEAD.size]])
