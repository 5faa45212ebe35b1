"""The RTP ports of one trunk: even, opened before the call, rested after it."""

import socket
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
                self._free.append(number)
                number = self.reserve()
                continue
            return RtpPort(number, sock)
        self._free.append(number)
        raise LineFullError("Other programs have the line's RTP ports.")

    def give_back(self, port: RtpPort) -> None:
        """Let another call have it."""
        port.socket.close()
        self._free.append(port.number)
