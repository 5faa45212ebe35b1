"""Put the segments of TCP connections in order and cut SIP messages out (RFC 3261 18.3)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

Flow = tuple[bytes, int, bytes, int]
WRAP = 1 << 32
HALF = 1 << 31
LONGEST = 1 << 20  # bytes that wait for the end of a message; more are no SIP
LENGTH = re.compile(
    rb"^(?:content-length|l)[ \t]*:[ \t]*([0-9]{1,7})", re.IGNORECASE | re.MULTILINE
)
END = b"\r\n\r\n"


@dataclass(slots=True)
class _Stream:
    expected: int  # sequence number of the next byte
    ahead: dict[int, bytes] = field(default_factory=dict)
    text: bytes = b""


class Streams:
    """One direction of each connection for itself."""

    def __init__(self) -> None:
        """Begin with no connection known."""
        self._streams: dict[Flow, _Stream] = {}

    def take(self, flow: Flow, seq: int, data: bytes, *, begins: bool) -> list[bytes]:
        """Return the messages that are whole with this segment."""
        if begins or flow not in self._streams:
            self._streams[flow] = _Stream(expected=(seq + begins) % WRAP)
        stream = self._streams[flow]
        if data:
            stream.ahead[(seq + begins) % WRAP] = data
        _join(stream)
        return list(_messages(stream))


def _join(stream: _Stream) -> None:
    """Append what follows without a gap; what came twice is left out."""
    moved = True
    while moved:
        moved = False
        for seq in list(stream.ahead):
            late = (stream.expected - seq) % WRAP
            if late < HALF:
                fresh = stream.ahead.pop(seq)[late:]
                stream.text += fresh
                stream.expected = (stream.expected + len(fresh)) % WRAP
                moved = True
    if sum(map(len, stream.ahead.values())) > LONGEST:  # a segment was lost to the capture
        stream.expected = min(stream.ahead, key=lambda seq: (seq - stream.expected) % WRAP)
        stream.text = b""
        _join(stream)


def _messages(stream: _Stream) -> Iterator[bytes]:
    while True:
        text = stream.text.lstrip(b"\r\n")
        head, end, rest = text.partition(END)
        if not end:
            stream.text = text if len(text) <= LONGEST else b""
            return
        found = LENGTH.search(head)
        length = int(found.group(1)) if found else 0
        if len(rest) < length:
            stream.text = text
            return
        stream.text = rest[length:]
        yield head + END + rest[:length]
