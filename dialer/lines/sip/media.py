"""What goes into RTP packets and what is read from them: silence, prompts, key presses."""

import audioop
import struct
from bisect import bisect
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from dialer.lines.sip.prompt import Prompt
from dialer.lines.sip.sdp import PCMA, PCMU
from dialer.lines.sip.stream import FRAME_SAMPLES, HEADER

KEYS = "0123456789*#ABCD"
EVENT = struct.Struct("!BBH")
EVENT_PACKETS = 5  # 100 ms of key press
END_PACKETS = 3  # RFC 4733 2.5.1.4: the end is sent three times
GAP_FRAMES = 4  # 80 ms between two keys
VOLUME = 10  # -dBm0
END_BIT = 0x80
SILENCE = {PCMU: b"\xff" * FRAME_SAMPLES, PCMA: b"\xd5" * FRAME_SAMPLES}
REMEMBERED_KEYS = 32
MOST_KEY_FRAMES = 64 * (EVENT_PACKETS + END_PACKETS + GAP_FRAMES)
PADDING_BIT, EXTENSION_BIT, SOURCES = 0x20, 0x10, 0x0F
LONGEST_PAYLOAD = 1600  # 200 ms

_EVERY = bytes(range(256))
_LEVELS = {
    law: struct.unpack("<256h", decode(_EVERY, 2))
    for law, decode in ((PCMU, audioop.ulaw2lin), (PCMA, audioop.alaw2lin))
}


def _nearest(law: int, other: int) -> bytes:
    """Map each code of one law to that of the other whose level is nearest.

    Decoding and encoding again would round down: up to 2.7 dB more noise.
    """
    codes = sorted(range(256), key=lambda code: _LEVELS[other][code])
    levels = [_LEVELS[other][code] for code in codes]
    table = bytearray()
    for level in _LEVELS[law]:
        place = bisect(levels, level)
        around = range(max(0, place - 1), min(256, place + 1))
        table.append(codes[min(around, key=lambda at: abs(levels[at] - level))])
    return bytes(table)


RECODE = {(PCMU, PCMA): _nearest(PCMU, PCMA), (PCMA, PCMU): _nearest(PCMA, PCMU)}  # (from, to)


class KeyReader:
    """Reads RFC 4733 key presses; each is sent many times under one timestamp, told once.

    The first packet of a press may be lost, so its marker bit is not asked for.
    """

    def __init__(self) -> None:
        self._seen: deque[int] = deque(maxlen=REMEMBERED_KEYS)

    def read(self, *, timestamp: int, payload: bytes) -> str | None:
        """Return the key at its first packet, None at the others."""
        if len(payload) < EVENT.size or payload[0] >= len(KEYS) or timestamp in self._seen:
            return None
        self._seen.append(timestamp)
        return KEYS[payload[0]]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFrame:
    """What one packet of a key press carries."""

    payload: bytes
    begins: bool = False


def key_frames(digits: str) -> Iterator[KeyFrame | None]:
    """Yield what leaves every 20 ms while keys are pressed; None is a pause."""
    for digit in digits:
        event = KEYS.index(digit)
        for sent in range(EVENT_PACKETS):
            payload = EVENT.pack(event, VOLUME, (sent + 1) * FRAME_SAMPLES)
            yield KeyFrame(payload=payload, begins=sent == 0)
        payload = EVENT.pack(event, END_BIT | VOLUME, EVENT_PACKETS * FRAME_SAMPLES)
        yield from [KeyFrame(payload=payload)] * END_PACKETS
        yield from [None] * GAP_FRAMES


def _nothing() -> None:
    """Do nothing at the end of a prompt."""


class Outgoing:
    """What we say ourselves: keys before a prompt before silence."""

    def __init__(self) -> None:
        self.speaking = False  # there are keys or a prompt
        self._keys: deque[KeyFrame | None] = deque(maxlen=MOST_KEY_FRAMES)
        self._prompt: Prompt | None = None
        self._at = 0
        self._done: Callable[[], object] = _nothing

    def press(self, digits: str) -> None:
        """Queue key presses."""
        self._keys.extend(key_frames(digits))
        self.speaking = True

    def play(self, prompt: Prompt | None, *, done: Callable[[], object] = _nothing) -> None:
        """Play from the next packet on; `done` runs at the end, unless something stops it."""
        self._prompt, self._at, self._done = prompt, 0, done
        self.speaking = prompt is not None or bool(self._keys)

    def next_key(self) -> KeyFrame | None:
        """Return what a pressed key sends next, or None if it is a voice's turn."""
        return self._keys.popleft() if self._keys else None

    def next_voice(self, *, codec: int) -> bytes:
        """Return the next 20 ms of G.711."""
        if self._prompt is not None:
            frames = self._prompt.frames[codec]
            if self._at < len(frames):
                self._at += 1
                return frames[self._at - 1]
            done = self._done
            self.play(None)
            done()
        elif not self._keys:
            self.speaking = False
        return SILENCE[codec]


def payload_of(packet: bytes) -> bytes:
    """Return what an RTP packet carries, without sources, extension and padding (RFC 3550 5.1).

    A packet that does not hold what its header promises carries nothing.
    """
    first, start, end = packet[0], HEADER.size, len(packet)
    if first & (PADDING_BIT | EXTENSION_BIT | SOURCES):
        start += 4 * (first & SOURCES)
        if first & EXTENSION_BIT:
            start += 4 + 4 * int.from_bytes(packet[start + 2 : start + 4], "big")
        if first & PADDING_BIT:
            end -= packet[-1]
    return packet[start:end] if end - start <= LONGEST_PAYLOAD else b""


def without_extension(packet: bytes) -> bytes:
    """Write an RTP packet again in the one form that every parser takes."""
    first = packet[0] & ~(PADDING_BIT | EXTENSION_BIT | SOURCES)
    return bytes([first]) + packet[1 : HEADER.size] + payload_of(packet)
