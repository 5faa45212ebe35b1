"""Opens a recording, with the private key: the player's alone (import-linter sees to it)."""

import struct
from collections.abc import Iterator
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from dialer.recording import sealed_format as form
from dialer.recording.blocks import BLOCK_SAMPLES, SAMPLE_RATE, BlockError, stereo
from dialer.recording.unwrapping import unwrap

FRAME_BYTES = 4  # one sample of both sides
WAV = struct.Struct("<4sI4s4sIHHIIHH4sI")
WAV_BYTES = WAV.size
PCM = 1


class AlteredError(Exception):
    """A block does not open: it was altered, moved, doubled or taken from another recording."""


class SealedReader:
    """One recording as the WAV that it is: 16 bit, stereo, left the callee, right us."""

    def __init__(self, content: bytes, *, private: X25519PrivateKey) -> None:
        """Open the recording's own key; blocks are opened when they are asked for.

        :raises NotARecordingError: if the file is none
        :raises WrongKeyError: if it was sealed for another key
        """
        self.parsed = form.parse(content)
        head = self.parsed.head
        self._cipher = AESGCM(unwrap(head.wrapped, private=private, recording=head.recording))
        self._bound_to = form.head_digest(content[: form.HEAD.size])
        self.samples = self.parsed.samples
        self.size = WAV_BYTES + FRAME_BYTES * self.samples
        self._open = lru_cache(maxsize=64)(self._opened)

    def wav(self, *, first: int, count: int) -> bytes:
        """Return `count` bytes of the WAV from its byte `first` on, as far as it goes.

        :raises AlteredError: if what they are made of is not what was written
        """
        end = min(first + count, self.size)
        parts = [wav_head(self.samples)[first:end]] if first < WAV_BYTES else []
        parts += self._audio(max(0, first - WAV_BYTES), end - WAV_BYTES)
        return b"".join(parts)

    def _audio(self, first: int, end: int) -> Iterator[bytes]:
        of_block = BLOCK_SAMPLES * FRAME_BYTES
        while first < end:
            index, start = divmod(first, of_block)
            part = self._open(index)[start : start + end - first]
            if not part:
                raise AlteredError("The recording is shorter than it says.")
            yield part
            first += len(part)

    def _opened(self, index: int) -> bytes:
        one = self.parsed.frames[index]
        try:
            body = self._cipher.decrypt(
                form.nonce(index, last=one.is_last),
                one.sealed,
                form.bound(self._bound_to, index, end=one.end),
            )
            audio = stereo(body)
        except (InvalidTag, BlockError) as error:
            raise AlteredError(f"Block {index} is not what was written.") from error
        if not one.is_last and len(audio) != BLOCK_SAMPLES * FRAME_BYTES:
            raise AlteredError(f"Block {index} is not half a second.")
        return audio


def wav_head(samples: int) -> bytes:
    """Return the head of the WAV file."""
    size = samples * FRAME_BYTES
    return WAV.pack(
        *(b"RIFF", size + WAV_BYTES - 8, b"WAVE", b"fmt ", 16, PCM, 2, SAMPLE_RATE),
        *(SAMPLE_RATE * FRAME_BYTES, FRAME_BYTES, 16, b"data", size),
    )
