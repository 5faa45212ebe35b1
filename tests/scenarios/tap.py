"""A piece of wire that remembers what went over it, as a capture does."""

import socket
import threading
from pathlib import Path

import dpkt

from compliance.clock import host_now

HOST = "127.0.0.1"


class Tap:
    """Passes datagrams between a line and its carrier, and keeps each with its instant."""

    def __init__(self, *, carrier_port: int) -> None:
        self._carrier = (HOST, carrier_port)
        self._near = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._near.bind((HOST, 0))
        self.port: int = self._near.getsockname()[1]
        self._line = (HOST, 0)
        self._seen: list[tuple[float, tuple[str, int], tuple[str, int], bytes]] = []
        self._thread = threading.Thread(target=self._pass_on, daemon=True)
        self._thread.start()

    def _pass_on(self) -> None:
        while True:
            data, source = self._near.recvfrom(65_535)
            if not data:
                return
            if source == self._carrier:
                target = self._line
            else:
                self._line, target = source, self._carrier
            self._seen.append((host_now().timestamp(), source, target, data))
            self._near.sendto(data, target)

    def capture(self, path: Path) -> Path:
        """Write down what went over the wire so far."""
        with path.open("wb") as file:
            book = dpkt.pcap.Writer(file)
            for at, source, target, data in list(self._seen):
                udp = dpkt.udp.UDP(sport=source[1], dport=target[1], data=data, ulen=8 + len(data))
                ends = {"src": socket.inet_aton(source[0]), "dst": socket.inet_aton(target[0])}
                ip = dpkt.ip.IP(p=dpkt.ip.IP_PROTO_UDP, data=udp, len=28 + len(data), **ends)
                book.writepkt(bytes(dpkt.ethernet.Ethernet(data=ip)), ts=at)
        return path

    def close(self) -> None:
        """Stop."""
        self._near.sendto(b"", (HOST, self.port))
        self._thread.join(5)
        self._near.close()
