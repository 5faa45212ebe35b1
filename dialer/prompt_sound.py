"""What can be told of a sound file without understanding it: its form, length and first sound."""

import audioop
import io
import wave
from dataclasses import dataclass

RATE = 8000  # samples a second
FRAME = RATE // 50
LOUD = 300  # of 32,768: well above the noise of a quiet recording
LONGEST_SECONDS = 120  # as long as a call may play


class PromptSoundError(ValueError):
    """The file is not one that a call can play."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptSound:
    """One file."""

    milliseconds: int
    silent_before_ms: int  # until the first sound


def prompt_sound(data: bytes) -> PromptSound:
    """Read an 8 kHz mono 16-bit WAV file.

    :raises PromptSoundError: if it is of another form, too long, or silent
    """
    try:
        with wave.open(io.BytesIO(data)) as sound:
            form = (sound.getnchannels(), sound.getsampwidth(), sound.getframerate())
            samples = sound.readframes(sound.getnframes())
    except (EOFError, wave.Error) as error:
        raise PromptSoundError("这不是 WAV 文件。 This is no WAV file.") from error
    count = len(samples) // 2
    if form != (1, 2, RATE) or not 0 < count <= LONGEST_SECONDS * RATE:
        raise PromptSoundError(
            "须为 8 kHz 单声道 16 位 WAV，不超过两分钟。 "
            "Write an 8 kHz mono 16-bit WAV of at most two minutes."
        )
    frames = ((at, samples[2 * at : 2 * (at + FRAME)]) for at in range(0, count, FRAME))
    first = next((at for at, frame in frames if audioop.max(frame, 2) > LOUD), None)
    if first is None:
        raise PromptSoundError("文件没有声音。 The file is silent.")
    return PromptSound(milliseconds=count * 1000 // RATE, silent_before_ms=first * 1000 // RATE)
