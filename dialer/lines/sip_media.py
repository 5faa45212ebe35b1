"""What goes into RTP packets and what is read from them: silence, prompts, key presses."""

import audioop
import struct
import wave
from collections import deque
from collections.abc import Iterator
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


def key_frames(digits: str) -> Iterator[tuple[bytes | None, int, bool]]:
    """Yield, per 20 ms, an event's payload (None = a pause), its start offset and the marker.

    The offset counts frames since the key went down: all its packets carry the first's time.
    """
    for digit in digits:
        event = KEYS.index(digit)
        for sent in range(EVENT_PACKETS):
            duration = (sent + 1) * FRAME_SAMPLES
            yield EVENT.pack(event, VOLUME, duration), sent, sent == 0
        for sent in range(END_PACKETS):
            duration = EVENT_PACKETS * FRAME_SAMPLES
            yield EVENT.pack(event, END_BIT | VOLUME, duration), EVENT_PACKETS + sent, False
        for _ in range(GAP_FRAMES):
            yield None, 0, False


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
