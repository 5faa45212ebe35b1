"""How one SIP trunk is reached, and how much it may carry."""

import ipaddress
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

SIP_PORT = 5060
LEAST_SESSION_SECONDS = 90  # RFC 4028 4: no interval may be shorter


@dataclass(frozen=True, slots=True, kw_only=True)
class TrunkConfig:
    """One trunk: by registration (`register`) or by IP address."""

    code: str
    host: str  # the carrier's name or address
    port: int = SIP_PORT  # 0 = as the name's SRV records say, else 5060 (RFC 3263 4.2)
    name_servers: tuple[str, ...] = ()  # `address` or `address:port`; none: the machine's
    local_host: str  # our own address, as written in Via, and whose family the trunk is of
    local_port: int = 0  # 0 = any free one
    public_host: str = ""  # as the carrier sees us, where a NAT stands between
    username: str | None = None
    password: str | None = None
    register: bool = False
    max_calls: int = 150
    calls_per_second: float | None = None
    rtp_ports: tuple[int, int] = (20_000, 29_999)
    no_reply_seconds: float = 8.0  # an INVITE that nothing answers is given up after this
    edge_key: EllipticCurvePublicKey | None = None  # checks passports; None: no INVITE leaves
    edge_host: str = ""  # the edge that everything goes through; "": straight to the carrier
    edge_port: int = SIP_PORT
    keepalive_seconds: float = 15.0  # 0 = never send OPTIONS; some peers do not take them
    session_seconds: int = 1800  # a call that is not refreshed for so long is over (RFC 4028)
    least_session_seconds: int = LEAST_SESSION_SECONDS  # the carrier may ask for no less
    most_turned_away: int = 10  # calls in a row; the next one pauses the line

    def __post_init__(self) -> None:
        if self.register and not self.username:
            raise ValueError(f"Trunk {self.code}: a registered trunk needs a user name.")
        low, high = self.rtp_ports
        if low < 1024 or high > 65_535 or high - low < 2:  # noqa: PLR2004 - UDP port numbers
            raise ValueError(f"Trunk {self.code}: RTP ports must lie within 1024-65535.")
        for text in (self.host, self.edge_host, self.local_host, self.username or "", self.code):
            if not text.isprintable() or set(text) & set(' <>"@;,'):
                raise ValueError(f"Trunk {self.code!r}: a name holds a character it may not.")
        if self.public_host and not is_address(self.public_host):
            raise ValueError(f"Trunk {self.code}: public_host: write an address.")

    @property
    def authority(self) -> str:
        """Host and, unless it is 5060, port: what stands after @ in a SIP address."""
        host = bracketed(self.host)
        return host if self.port in {0, SIP_PORT} else f"{host}:{self.port}"

    @property
    def next_hop(self) -> tuple[str, int]:
        """Host and port that packets are sent to, and come back from; port 0 as above."""
        return (self.edge_host, self.edge_port) if self.edge_host else (self.host, self.port)

    @property
    def ipv6(self) -> bool:
        """Whether the trunk is of IPv6: our own address decides."""
        return ":" in self.local_host


def is_address(host: str) -> bool:
    """Say whether a host is an address, as opposed to a name."""
    try:
        return bool(ipaddress.ip_address(host))
    except ValueError:
        return False


def bracketed(host: str) -> str:
    """Write a host as it stands in a SIP address: an IPv6 address in brackets."""
    return f"[{host}]" if ":" in host else host
