"""The RTP ports of one trunk: even, opened before the call, rested after it."""

import socket
import threading
from collections import deque
from typing import NamedTuple

from dialer.lines.base import LineFullError


class RtpPort(NamedTuple):
    """A port that is ours, with its socket."""

    number: int
    socket: socket.socket


class RtpPorts:
    """A range of ports; any thread may set one aside."""

    def __init__(self, *, host: str, low: int, high: int) -> None:
        self._host = host
        self._family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._free = deque(range(low + low % 2, high, 2))  # RFC 3550 11: even ports
        self._promised = 0
        self._lock = threading.Lock()

    def promise(self) -> None:
        """Have a port left for a call that will reserve one in a moment.

        :raises LineFullError: if all are promised or reserved
        """
        with self._lock:
            if len(self._free) <= self._promised:
                raise LineFullError("The line has no free RTP port.")
            self._promised += 1

    def promise_kept(self) -> None:
        """Promise it no longer: the call has reserved its port by now, or wants none."""
        with self._lock:
            self._promised -= 1

    def reserve(self) -> int:
        """Set a port aside.

        :raises LineFullError: if there is none
        """
        try:
            return self._free.popleft()
        except IndexError:
            raise LineFullError("The line has no free RTP port.") from None

    def open(self, number: int) -> RtpPort:
        """Open the port that was set aside, or another where another program has it.

        :raises LineFullError: if other programs have all that are left
        """
        for _ in range(len(self._free) + 1):
            sock = socket.socket(self._family, socket.SOCK_DGRAM)
            sock.settimeout(0)
            try:
                sock.bind((self._host, number))
            except OSError:
                sock.close()
                number = self._another_than(number)
                continue
            return RtpPort(number, sock)
        self._free.append(number)
        raise LineFullError("Other programs have the line's RTP ports.")

    def drop(self, number: int) -> None:
        """Let another call have a port that was set aside and never opened."""
        self._free.append(number)

    def _another_than(self, number: int) -> int:
        with self._lock:  # nobody may be promised the one that is of no use
            self._free.append(number)
            return self.reserve()

    def give_back(self, port: RtpPort) -> None:
        """Let another call have it."""
        port.socket.close()
        self._free.append(port.number)
