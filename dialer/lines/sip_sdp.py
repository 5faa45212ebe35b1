"""Read the media part of the carrier's session description, and answer its offers."""

import ipaddress
import re
from dataclasses import dataclass

PCMU, PCMA = 0, 8
CODECS = (PCMU, PCMA)
EVENT_TYPE = 101  # the payload type of telephone-event in our own offers
MEDIA_FIELDS = 4
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
        return self.direction in {"sendrecv", "recvonly"} and self.host != "0.0.0.0"  # noqa: S104


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
    host = _find(r"c=IN IP4 ([0-9.]+)", media) or _find(r"c=IN IP4 ([0-9.]+)", session)
    port = _port(fields)
    if codec is None or port is None or not _is_address(host):
        return None
    events = _find(r"a=rtpmap:([0-9]{1,3}) +telephone-event/8000", media)
    direction = _find(r"a=(sendrecv|sendonly|recvonly|inactive)\s*$", media)
    direction = direction or _find(r"a=(sendrecv|sendonly|recvonly|inactive)\s*$", session)
    return RemoteMedia(
        host=host,
        port=port,
        codec=codec,
        event_type=int(events) if events else None,
        direction=direction or "sendrecv",
    )


def write_sdp(*, host: str, port: int, version: int, remote: RemoteMedia | None) -> bytes:
    """Describe our own side: an answer to `remote`, or an offer when there is none."""
    codecs = CODECS if remote is None else (remote.codec,)
    events = EVENT_TYPE if remote is None else remote.event_type
    types = [*codecs, *([] if events is None else [events])]
    direction = "sendrecv" if remote is None else MIRROR.get(remote.direction, "sendrecv")
    lines = [
        "v=0",
        f"o=yunhu 1 {version} IN IP4 {host}",
        "s=-",
        f"c=IN IP4 {host}",
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


def _is_address(text: str) -> bool:
    try:
        return bool(ipaddress.IPv4Address(text))
    except ValueError:
        return False


def _find(pattern: str, text: str) -> str:
    found = re.search(pattern, text, re.MULTILINE)
    return found.group(1) if found else ""
