"""Writes one recording's file: what could not be written is written again, or not at all."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from dialer.recording import sealed_format as form
from dialer.recording.blocks import stereo
from dialer.recording.wrapping import KEY_BYTES, key_id, wrap


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A file that is whole, and on the disk."""

    samples: int
    audio_sha256: str
    bytes: int
    file_sha256: str


def path_of(folder: Path, recording: UUID) -> Path:
    """Return where a recording is kept; the name tells nothing of the call."""
    return folder / recording.hex[:2] / f"{recording.hex}.rec"


class SealedWriter:
    """One file that only grows. Every method may raise OSError and may then be tried again.

    `size` is how much of it is written; 0: there is no file any more.
    """

    def __init__(self, folder: Path, *, recording: UUID, public: X25519PublicKey) -> None:
        """Make the file with its head.

        :raises OSError: if the disk does not take it
        """
        self.path = path_of(folder, recording)
        data_key = AESGCM.generate_key(KEY_BYTES * 8)
        self._cipher = AESGCM(data_key)
        wrapped = wrap(data_key, public=public, recording=recording)
        head = form.Head(recording, key_id(public), wrapped).written()
        self._bound_to = form.head_digest(head)
        self._index = 0
        self._ended = False
        self.samples = 0
        self._audio = hashlib.sha256()
        self._content = hashlib.sha256()
        self.size = 0
        # Sealed as they are, the files may be read by the group: the player is another account.
        self.path.parent.mkdir(mode=0o750, exist_ok=True)
        self._file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640)
        try:
            self._append(head)
        except OSError:
            self.discard()
            raise

    def add(self, body: bytes, *, samples: int) -> None:
        """Seal a block and write it."""
        sealed = self._cipher.encrypt(
            form.nonce(self._index, last=False),
            body,
            form.bound(self._bound_to, self._index, end=b""),
        )
        self._append(form.frame(sealed))
        self._index += 1
        self.samples += samples
        self._audio.update(stereo(body))

    def finish(self, body: bytes, *, samples: int) -> None:
        """Seal the last block and write it with what the recording says of itself."""
        audio = self._audio.copy()
        audio.update(stereo(body))
        end = form.END.pack(self.samples + samples, audio.digest())
        sealed = self._cipher.encrypt(
            form.nonce(self._index, last=True),
            body,
            form.bound(self._bound_to, self._index, end=end),
        )
        self._append(form.frame(sealed, end=end))
        self.samples += samples
        self._audio, self._ended = audio, True

    def sync(self) -> Written:
        """Wait for the disk and close the file."""
        os.fsync(self._file)
        self.close()
        return self.as_it_is()

    def as_it_is(self) -> Written:
        """Say what was written, wherever it is now."""
        return Written(
            samples=self.samples,
            audio_sha256=self._audio.hexdigest() if self._ended else "",
            bytes=self.size,
            file_sha256=self._content.hexdigest(),
        )

    def is_there(self) -> bool:
        """Return whether the file still has its name: what goes to one without is lost."""
        try:
            return self.path.stat().st_size >= self.size
        except OSError:
            return not self.size

    def close(self) -> None:
        """Close the file as it is."""
        if self._file >= 0:
            file, self._file = self._file, -1
            os.close(file)

    def discard(self) -> None:
        """Remove the file: nothing was said."""
        self.close()
        self.path.unlink(missing_ok=True)
        self.size = 0

    def _append(self, content: bytes) -> None:
        """Write at the known end, so that what was written by halves is written over."""
        written = os.pwrite(self._file, content, self.size)
        if written != len(content):
            raise OSError(f"The disk took {written} of {len(content)} bytes.")
        self.size += written
        self._content.update(content)
