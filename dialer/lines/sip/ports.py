"""The RTP ports of one trunk: even, opened before the call, rested after it."""

import socket
from collections import deque

from dialer.lines.base import LineFullError


class RtpPorts:
    """A range of ports; any thread may take one."""

    def __init__(self, *, host: str, low: int, high: int) -> None:
        self._host = host
        self._family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._free = deque(range(low + low % 2, high, 2))  # RFC 3550 11: even ports

    def take(self) -> socket.socket:
        """Open a free port.

        :raises LineFullError: if there is none
        """
        for _ in range(len(self._free)):
            try:
                port = self._free.popleft()
            except IndexError:  # another thread took the last
                break
            sock = socket.socket(self._family, socket.SOCK_DGRAM)
            sock.settimeout(0)
            try:
                sock.bind((self._host, port))
            except OSError:  # another program has it
                sock.close()
                self._free.append(port)
                continue
            return sock
        raise LineFullError("The line has no free RTP port.")

    def give_back(self, port: int) -> None:
        """Let another call have it."""
        self._free.append(port)
