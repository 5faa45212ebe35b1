"""Sound files for tests: a tone, after some silence."""

import io
import math
import struct
import wave

PITCH = 440  # Hz: whole waves fit into a second, so that seconds join without a click


def tone(seconds: float, *, silence: float = 0.0, rate: int = 8000, channels: int = 1) -> bytes:
    """Return a WAV file with so much silence, then a tone."""
    quiet, loud = int(silence * rate * channels), int(seconds * rate * channels)
    step = 2 * math.pi * PITCH / rate
    second = struct.pack(f"<{rate}h", *(int(8000 * math.sin(step * at)) for at in range(rate)))
    frames = b"\0\0" * quiet + (second * (loud // rate + 1))[: 2 * loud]
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(channels)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(frames)
    return out.getvalue()
