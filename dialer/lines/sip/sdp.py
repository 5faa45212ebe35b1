"""Read the media part of the carrier's session description, and answer its offers."""

import ipaddress
import re
from dataclasses import dataclass
from functools import lru_cache

PCMU, PCMA = 0, 8
CODECS = (PCMU, PCMA)
EVENT_TYPE = 101  # the payload type of telephone-event in our own offers
MEDIA_FIELDS = 4
ADDRESS = re.compile(r"c=IN IP[46] ([0-9A-Fa-f.:]+)")
EVENTS = re.compile(r"a=rtpmap:([0-9]{1,3}) +telephone-event/8000", re.IGNORECASE)
DIRECTION = re.compile(r"a=(sendrecv|sendonly|recvonly|inactive)\s*$", re.MULTILINE)
MIRROR = {"sendonly": "recvonly", "recvonly": "sendonly", "inactive": "inactive"}
NAMES = {PCMU: "PCMU/8000", PCMA: "PCMA/8000"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteMedia:
    """Where the callee's side wants audio, and in what form."""

    host: str
    port: int
    codec: int  # RTP payload type, 0 or 8
    event_type: int | None  # RTP payload type of RFC 4733 key presses
    direction: str = "sendrecv"  # as the other side wrote it

    @property
    def wants_audio(self) -> bool:
        """Whether we should send (it is not holding us)."""
        return self.direction in {"sendrecv", "recvonly"} and not self.is_nowhere

    @property
    def holds(self) -> bool:
        """Whether the other side has put us on hold (RFC 3264 8.4, and 0.0.0.0 of RFC 2543)."""
        return not self.wants_audio

    @property
    def promises_audio(self) -> bool:
        """Whether we should hear something; who holds us often sends nothing at all."""
        return self.direction == "sendrecv" and not self.is_nowhere

    @property
    def is_nowhere(self) -> bool:
        """Whether no address is named."""
        return self.host in {"0.0.0.0", "::"}  # noqa: S104  # nosec B104


def read_sdp(body: bytes) -> RemoteMedia | None:
    """Read the first audio stream, or return None if there is none that we can carry."""
    session, _, media = (
        body.decode("utf-8", "replace").replace("\r\n", "\n").partition("\nm=audio ")
    )
    if not media:
        return None
    media = media.split("\nm=")[0]
    fields = media.split("\n")[0].split()
    codec = next((int(t) for t in fields[2:] if t.isdecimal() and int(t) in CODECS), None)
    host = _address(_find(ADDRESS, media) or _find(ADDRESS, session))
    port = _port(fields)
    if codec is None or port is None or host is None:
        return None
    events = _find(EVENTS, media)
    direction = _find(DIRECTION, media) or _find(DIRECTION, session)
    return RemoteMedia(
        host=host,
        port=port,
        codec=codec,
        event_type=int(events) if events else None,
        direction=direction or "sendrecv",
    )


def write_sdp(*, host: str, port: int, version: int, remote: RemoteMedia | None) -> bytes:
    """Describe our own side: an answer to `remote`, or an offer when there is none."""
    family = "IP6" if ":" in host else "IP4"
    codecs = CODECS if remote is None else (remote.codec,)
    events = EVENT_TYPE if remote is None else remote.event_type
    types = [*codecs, *([] if events is None else [events])]
    direction = "sendrecv" if remote is None else MIRROR.get(remote.direction, "sendrecv")
    lines = [
        "v=0",
        f"o=yunhu 1 {version} IN {family} {host}",
        "s=-",
        f"c=IN {family} {host}",
        "t=0 0",
        f"m=audio {port} RTP/AVP {' '.join(map(str, types))}",
        *(f"a=rtpmap:{codec} {NAMES[codec]}" for codec in codecs),
        *([] if events is None else [f"a=rtpmap:{events} telephone-event/8000"]),
        *([] if events is None else [f"a=fmtp:{events} 0-15"]),
        "a=ptime:20",
        f"a={direction}",
    ]
    return ("\r\n".join(lines) + "\r\n").encode()


def _port(fields: list[str]) -> int | None:
    if len(fields) < MEDIA_FIELDS - 1 or not fields[1].upper().startswith("RTP/AVP"):
        return None
    text = fields[0].split("/")[0]
    return int(text) if text.isdecimal() and 0 < int(text) <= 65_535 else None  # noqa: PLR2004


@lru_cache(maxsize=1024)
def _address(text: str) -> str | None:
    """Return the address in the one way in which sockets write it."""
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return None


def _find(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found.group(1) if found else ""
