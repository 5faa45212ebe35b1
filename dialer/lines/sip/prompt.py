"""Sound files as G.711, read and encoded once for all calls that play them."""

import audioop
import wave
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from dialer.lines.sip.sdp import PCMA, PCMU
from dialer.lines.sip.stream import FRAME_SAMPLES, SAMPLE_RATE

LONGEST_PROMPT_SECONDS = 120
KEPT = 32  # prompts in memory; two minutes take 2 MB
Frames = tuple[bytes, ...]


class PromptError(ValueError):
    """The sound file is not one that a call can carry."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """The frames of 20 ms, by RTP payload type."""

    frames: dict[int, Frames]


def prompt_of(path: Path) -> Prompt:
    """Read an 8 kHz mono 16-bit WAV file; not on the reactor's thread.

    :raises PromptError: if the file is of another form, or longer than two minutes
    """
    try:
        stat = path.stat()
    except OSError as error:
        raise PromptError(f"{path.name}: this is no readable WAV file.") from error
    return _prompt_of(path, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=KEPT)
def _prompt_of(path: Path, _changed: int, _size: int) -> Prompt:
    try:
        with wave.open(str(path), "rb") as sound:
            form = (sound.getnchannels(), sound.getsampwidth(), sound.getframerate())
            count = sound.getnframes()
            if form != (1, 2, SAMPLE_RATE) or count > LONGEST_PROMPT_SECONDS * SAMPLE_RATE:
                raise PromptError(f"{path.name}: write an 8 kHz mono 16-bit WAV of at most 2 min.")
            samples = sound.readframes(count)
    except (OSError, EOFError, wave.Error) as error:
        raise PromptError(f"{path.name}: this is no readable WAV file.") from error
    samples += b"\x00" * (-len(samples) % (2 * FRAME_SAMPLES))
    coded = {PCMU: audioop.lin2ulaw(samples, 2), PCMA: audioop.lin2alaw(samples, 2)}
    return Prompt({kind: _cut(data) for kind, data in coded.items()})


def _cut(data: bytes) -> Frames:
    return tuple(data[at : at + FRAME_SAMPLES] for at in range(0, len(data), FRAME_SAMPLES))
