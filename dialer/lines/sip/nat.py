"""How the carrier sees us: what a NAT makes of our address, as the carrier's answers tell it."""

import ipaddress
import re

from dialer.lines.sip.config import TrunkConfig, bracketed
from dialer.lines.sip.packet import Packet

RECEIVED = re.compile(r";\s*received\s*=\s*\[?([0-9A-Fa-f.:]+)\]?", re.IGNORECASE)
RPORT = re.compile(r";\s*rport\s*=\s*([0-9]{1,5})(?![0-9])", re.IGNORECASE)
HIGHEST_PORT = 65_535


class Outside:
    """Our address as it is seen from outside: what Contact names (RFC 3581, RFC 3261 18.2.1)."""

    def __init__(self, *, config: TrunkConfig) -> None:
        """Believe the configuration until an answer says more."""
        self.local_port = config.local_port
        self.config = config
        self._seen: tuple[str, int] | None = None
        self._read = ""  # the newest Via that was read, its branch apart

    @property
    def contact(self) -> str:
        """Host and port where requests of the carrier reach us."""
        host, port = self._seen or (self.config.local_host, self.local_port)
        if self.config.public_host:
            port = port if host == self.config.public_host else self.local_port
            host = self.config.public_host
        return f"{bracketed(host)}:{port}"

    @property
    def media_host(self) -> str:
        """Where we say that audio reaches us: what is seen of SIP says nothing about its ports."""
        return self.config.public_host or self.config.local_host

    def learn(self, answer: Packet) -> bool:
        """Read an answer to a request of ours. Return True if Contact is another now."""
        via = answer.headers["via"][0].replace(answer.branch, "")
        if via == self._read:
            return False
        self._read = via
        port = RPORT.search(via)
        if port is None or not 0 < int(port.group(1)) <= HIGHEST_PORT:
            return False
        found = RECEIVED.search(via)
        host = found.group(1) if found else self.config.local_host
        if not self._is_ours(host):
            return False
        before, self._seen = self.contact, (host, int(port.group(1)))
        return self.contact != before

    def _is_ours(self, host: str) -> bool:
        try:
            version = ipaddress.ip_address(host).version
        except ValueError:
            return False
        return (version == 6) == self.config.ipv6  # noqa: PLR2004 - of the Internet Protocol
