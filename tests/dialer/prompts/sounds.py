"""Sound files for tests: a tone, after some silence."""

import io
import math
import struct
import wave


def tone(seconds: float, *, silence: float = 0.0, rate: int = 8000, channels: int = 1) -> bytes:
    """Return a WAV file with so much silence, then a tone."""
    quiet = [0] * int(silence * rate * channels)
    step = 2 * math.pi * 440 / rate
    loud = [int(8000 * math.sin(step * at)) for at in range(int(seconds * rate * channels))]
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(channels)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(struct.pack(f"<{len(quiet) + len(loud)}h", *quiet, *loud))
    return out.getvalue()
