"""How one SIP trunk is reached, and how much it may carry."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class TrunkConfig:
    """One trunk: by registration (`register`) or by IP address."""

    code: str
    host: str  # the carrier's name or address
    port: int = 5060
    local_host: str  # our own address, as written in Via, Contact and SDP
    local_port: int = 0  # 0 = any free one
    username: str | None = None
    password: str | None = None
    register: bool = False
    max_calls: int = 150
    calls_per_second: float | None = None
    rtp_ports: tuple[int, int] = (20_000, 29_999)
    no_reply_seconds: float = 8.0  # an INVITE that nothing answers is given up after this
    keepalive_seconds: float = 15.0  # 0 = never send OPTIONS; some peers do not take them

    def __post_init__(self) -> None:
        if self.register and not self.username:
            raise ValueError(f"Trunk {self.code}: a registered trunk needs a user name.")
        low, high = self.rtp_ports
        if low < 1024 or high > 65_535 or high - low < 2:  # noqa: PLR2004 - UDP port numbers
            raise ValueError(f"Trunk {self.code}: RTP ports must lie within 1024-65535.")
        for text in (self.host, self.local_host, self.username or "", self.code):
            if not text.isprintable() or set(text) & set(' <>"@;,'):
                raise ValueError(f"Trunk {self.code!r}: a name holds a character it may not.")

    @property
    def authority(self) -> str:
        """Host and, unless it is 5060, port: what stands after @ in a SIP address."""
        return self.host if self.port == 5060 else f"{self.host}:{self.port}"  # noqa: PLR2004
