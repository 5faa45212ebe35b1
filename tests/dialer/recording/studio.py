"""A recorder without a call: what a test says into it comes back as samples."""

import audioop
import hashlib
import time
from collections.abc import Callable
from pathlib import Path
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from dialer.lines.base import Side
from dialer.recording.file_recorder import FileRecorder
from dialer.recording.handover import Kept, OpenedRecording
from dialer.recording.recorders import Recorders
from dialer.recording.sealed_reader import WAV_BYTES, SealedReader
from dialer.recording.sealed_writer import SealedWriter, path_of
from dialer.recording.wrapping import key_id

PRIVATE = X25519PrivateKey.generate()
FRAME = 160


def until(condition: Callable[[], object]) -> None:
    """Wait for a condition, and fail when it does not come true."""
    deadline = time.monotonic() + 15
    while not condition():
        assert time.monotonic() < deadline, "It did not happen in time."
        time.sleep(0.01)


def speech(seconds: float, *, seed: int) -> bytes:
    """Return G.711 bytes that no other place of a call has."""
    count = int(seconds * 8000)
    return hashlib.shake_256(f"speech {seed}".encode()).digest(count)


SAID = speech(1.3, seed=1)


def heard(payload: bytes, *, codec: int) -> bytes:
    """Return the 16-bit samples of G.711 bytes."""
    return audioop.alaw2lin(payload, 2) if codec == 8 else audioop.ulaw2lin(payload, 2)


def writer_in(folder: Path, recording: UUID | None = None) -> SealedWriter:
    folder.mkdir(exist_ok=True)
    return SealedWriter(folder, recording=recording or uuid4(), public=PRIVATE.public_key())


def recorder_in(folder: Path) -> FileRecorder:
    """Return a recorder whose writing a test does by hand."""
    recording = uuid4()
    return recorder_of(writer_in(folder, recording), recording)


def recorder_of(writer: SealedWriter, recording: UUID) -> FileRecorder:
    opened = OpenedRecording(id=recording, key_id=key_id(PRIVATE.public_key()))
    return FileRecorder(tag=uuid4(), opened=opened, writer=writer)


def say(
    recorder: FileRecorder, payload: bytes, *, side: Side = "callee", at: int = 0, codec: int = 0
) -> None:
    """Say it in packets of 20 ms."""
    for start in range(0, len(payload), FRAME):
        part = payload[start : start + FRAME]
        recorder.take(side=side, position=at + start, payload=part, codec=codec)
        if start % (FRAME * 100) == 0:
            recorder.work(time.monotonic())


def packets(recorder: FileRecorder, said: bytes = SAID) -> None:
    """Say it on both sides."""
    for start in range(0, len(said), FRAME):
        part = said[start : start + FRAME]
        recorder.take(side="callee", position=start, payload=part, codec=0)
        recorder.take(side="us", position=start, payload=part, codec=0)


def finish(recorder: FileRecorder) -> None:
    """End the call and write the rest."""
    recorder.close()
    recorder.work(time.monotonic())
    recorder.writer.sync()


def read_back(folder: Path, recording: UUID) -> SealedReader:
    return SealedReader(path_of(folder, recording).read_bytes(), private=PRIVATE)


def sides(reader: SealedReader) -> tuple[bytes, bytes]:
    """Return the samples of the callee and of us."""
    audio = reader.wav(first=0, count=reader.size)[WAV_BYTES:]
    return audioop.tomono(audio, 2, 1, 0), audioop.tomono(audio, 2, 0, 1)


class Studio:
    """Running recorders, with what they told."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.kept: dict[UUID, Kept] = {}
        self.lost: list[UUID] = []
        self.recorders = Recorders(
            folder=folder,
            public=PRIVATE.public_key(),
            on_kept=lambda tag, kept: self.kept.update({tag: kept}),
            on_lost=self.lost.append,
        )


def disk_full(_file: int, _content: bytes, _at: int) -> int:
    raise OSError(28, "No space left on device")
