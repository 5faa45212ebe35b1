"""What goes into RTP packets and what is read from them: silence, prompts, key presses."""

import audioop
import struct
import wave
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dialer.lines.sip_sdp import PCMA

FRAME_SAMPLES = 160  # 20 ms at 8 kHz
SAMPLE_RATE = 8000
KEYS = "0123456789*#ABCD"
HEADER = struct.Struct("!BBHII")
EVENT = struct.Struct("!BBH")
EVENT_PACKETS = 5  # 100 ms of key press
END_PACKETS = 3  # RFC 4733 2.5.1.4: the end is sent three times
GAP_FRAMES = 4  # 80 ms between two keys
VOLUME = 10  # -dBm0
END_BIT = 0x80
SILENCE = {0: b"\xff" * FRAME_SAMPLES, PCMA: b"\xd5" * FRAME_SAMPLES}
REMEMBERED_KEYS = 32
MOST_KEY_FRAMES = 64 * (EVENT_PACKETS + END_PACKETS + GAP_FRAMES)
EXTENSION_BIT = 0x10
RTP_VERSION = 0x80
LONGEST_PROMPT_SECONDS = 120


class PromptError(ValueError):
    """The sound file is not one that a call can carry."""


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
class Frame:
    """What one packet carries."""

    payload: bytes
    event: bool = False
    marker: bool = False
    frames_ago: int = 0  # when the key went down, for the packet's timestamp


def key_frames(digits: str) -> Iterator[Frame | None]:
    """Yield what leaves every 20 ms while keys are pressed; None is a pause."""
    for digit in digits:
        event = KEYS.index(digit)
        for sent in range(EVENT_PACKETS):
            payload = EVENT.pack(event, VOLUME, (sent + 1) * FRAME_SAMPLES)
            yield Frame(payload=payload, event=True, marker=sent == 0, frames_ago=sent)
        payload = EVENT.pack(event, END_BIT | VOLUME, EVENT_PACKETS * FRAME_SAMPLES)
        for sent in range(END_PACKETS):
            yield Frame(payload=payload, event=True, frames_ago=EVENT_PACKETS + sent)
        yield from [None] * GAP_FRAMES


@dataclass(slots=True, kw_only=True)
class RtpWriter:
    """Numbers and stamps the packets of one stream (RFC 3550 5.1)."""

    sequence: int
    timestamp: int
    source: int

    def write(self, frame: Frame, *, payload_type: int) -> bytes:
        """Write the next packet."""
        began = (self.timestamp - frame.frames_ago * FRAME_SAMPLES) & 0xFFFFFFFF
        kind = payload_type | frame.marker << 7
        head = HEADER.pack(RTP_VERSION, kind, self.sequence, began, self.source)
        self.sequence = (self.sequence + 1) & 0xFFFF
        self.timestamp = (self.timestamp + FRAME_SAMPLES) & 0xFFFFFFFF
        return head + frame.payload


class Outgoing:
    """What the callee hears: keys before a prompt before silence."""

    def __init__(self) -> None:
        self._keys: deque[Frame | None] = deque(maxlen=MOST_KEY_FRAMES)
        self._prompt: Iterator[bytes] = iter(())
        self._silence = {codec: Frame(payload=payload) for codec, payload in SILENCE.items()}

    def press(self, digits: str) -> None:
        """Queue key presses."""
        self._keys.extend(key_frames(digits))

    def play(self, frames: tuple[bytes, ...]) -> None:
        """Play frames of linear samples from the next packet on."""
        self._prompt = iter(frames)

    def next_frame(self, *, codec: int) -> Frame:
        """Return what the next packet carries."""
        if self._keys:
            return self._keys.popleft() or self._silence[codec]
        samples = next(self._prompt, None)
        if samples is None:
            return self._silence[codec]
        return Frame(payload=encode(samples, codec=codec))


def prompt_frames(path: Path) -> tuple[bytes, ...]:
    """Read an 8 kHz mono 16-bit WAV file into frames of 20 ms of linear samples.

    :raises PromptError: if the file is of another form, or longer than two minutes
    """
    try:
        with wave.open(str(path), "rb") as sound:
            form = (sound.getnchannels(), sound.getsampwidth(), sound.getframerate())
            count = sound.getnframes()
            if form != (1, 2, SAMPLE_RATE) or count > LONGEST_PROMPT_SECONDS * SAMPLE_RATE:
                raise PromptError(f"{path.name}: write an 8 kHz mono 16-bit WAV of at most 2 min.")
            samples = sound.readframes(count)
    except (OSError, EOFError, wave.Error) as error:
        raise PromptError(f"{path.name}: this is no readable WAV file.") from error
    size = 2 * FRAME_SAMPLES
    padded = samples + b"\x00" * (-len(samples) % size)
    return tuple(padded[at : at + size] for at in range(0, len(padded), size))


def encode(samples: bytes, *, codec: int) -> bytes:
    """Encode linear 16-bit samples as G.711."""
    return audioop.lin2alaw(samples, 2) if codec == PCMA else audioop.lin2ulaw(samples, 2)


def without_extension(packet: bytes) -> bytes:
    """Cut the header extension out of an RTP packet (RFC 3550 5.3.1)."""
    if not packet[0] & EXTENSION_BIT:
        return packet
    start = HEADER.size + 4 * (packet[0] & 0x0F)
    words = int.from_bytes(packet[start + 2 : start + 4], "big")
    return bytes([packet[0] & ~EXTENSION_BIT]) + packet[1:start] + packet[start + 4 + 4 * words :]
