"""The UDP socket of one trunk: reads from the carrier's addresses only, writes to no other."""

import logging
import socket
from collections.abc import Callable
from functools import lru_cache

from dialer.lines.sip.config import TrunkConfig
from dialer.lines.sip.dns import DEFAULT_PORT, Address, literal
from dialer.lines.sip.packet import LONGEST
from dialer.lines.sip.reactor import Reactor
from dialer.lines.sip.turns import FULL, Turns

logger = logging.getLogger(__name__)

RECEIVE_BYTES = 1 << 21
LONGEST_DATAGRAM = LONGEST + 1  # of a longer one only that it is too long


class TrunkSocket:
    """Bound when it is made; used on the reactor's thread."""

    def __init__(
        self,
        config: TrunkConfig,
        *,
        knows: Callable[[str], bool],  # whether a host is the carrier's
        take: Callable[[bytes, Address], None],
        let: Callable[[bytes], bytes | None],  # what may leave of a packet; None: it stays
        former_port: int = 0,  # of a process that was killed: late answers go there
    ) -> None:
        """Bind it to the set port, else to the former one if that is free, else to any."""
        self._code = config.code
        self._knows = knows
        self._take = take
        self._let = let
        self._turns: Turns | None = None
        family = socket.AF_INET6 if config.ipv6 else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_DGRAM)
        self.socket.settimeout(0)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BYTES)
        try:
            self.socket.bind((config.local_host, config.local_port or former_port))
        except OSError:
            if config.local_port or not former_port:
                raise
            self.socket.bind((config.local_host, 0))
        self.port: int = self.socket.getsockname()[1]

    def open(self, reactor: Reactor) -> None:
        """Begin to read, on the reactor's thread."""
        self._turns = Turns(reactor=reactor, source=self)
        self._turns.open()

    def read(self) -> int:
        """Read what has come, a turn full at most; a stranger's packet is not acted upon."""
        for number in range(FULL):
            try:
                data, source = self.socket.recvfrom(LONGEST_DATAGRAM)
            except BlockingIOError:
                return number
            if self._knows(source[0]):
                self._take(data, (source[0], source[1]))
        return FULL

    def write(self, data: bytes, address: Address) -> bool:
        """Put a packet on the wire. Return False if it did not leave."""
        leaving = self._let(data)
        if leaving is None:
            return False
        try:
            self.socket.sendto(leaving, address)
        except (OSError, OverflowError) as error:  # like a lost packet: it will be sent again
            logger.warning("Trunk %s: a packet did not leave (%s).", self._code, error)
            return False
        return True

    def next_hop(self, hop: str, *, peer: Address) -> Address:
        """Return where a SIP address leads: one of the carrier's own hosts, or `peer`."""
        host, port = host_of(hop)
        return (host, port) if host and self._knows(host) else peer

    def close(self) -> None:
        """Read no more, and close it."""
        if self._turns is not None:
            self._turns.close()
        self.socket.close()


@lru_cache(maxsize=1024)
def host_of(uri: str) -> Address:
    """Return the address and the port of a SIP address; no address where it has a name."""
    where = uri.partition(":")[2].rpartition("@")[2].split(";")[0].split("?")[0]
    host, port = where, ""
    if where.startswith("["):
        host, _, port = where.partition("]")
        port = port.removeprefix(":")
    elif ":" in where:
        host, _, port = where.partition(":")
    number = int(port) if port.isascii() and port.isdecimal() else DEFAULT_PORT
    return literal(host) or "", number
