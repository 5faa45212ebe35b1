"""The bytes of a recording's file (docs/recordings.md): a head, blocks, and how it ends.

Each block is sealed with AES-256-GCM under the recording's own key and bound to the head, to its
place and to whether it is the last: one that is cut off, moved, doubled or of another recording
does not open. What can be counted without a key, whoever finds the file counts.
"""

import hashlib
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from dialer.recording.blocks import BLOCK_SAMPLES
from dialer.recording.wrapping import TAG_BYTES, WRAPPED_BYTES

MAGIC = b"YUNHUREC"
VERSION = 1
HEAD = struct.Struct(f"!8sB16s8s{WRAPPED_BYTES}s")
FRAME = struct.Struct("!IB")  # bytes that follow, whether it is the last
END = struct.Struct("!Q32s")  # in front of the last block: samples in all, their SHA-256
BOUND = struct.Struct("!QB")
LONGEST_FRAME = END.size + 4 + 4 * BLOCK_SAMPLES + TAG_BYTES


class NotARecordingError(ValueError):
    """The file is none of ours, or its head is damaged."""


@dataclass(frozen=True, slots=True)
class Head:
    """What stands in front, in clear."""

    recording: UUID
    key_id: str
    wrapped: bytes

    def written(self) -> bytes:
        """Return it as it is stored."""
        return HEAD.pack(
            MAGIC, VERSION, self.recording.bytes, bytes.fromhex(self.key_id), self.wrapped
        )


@dataclass(frozen=True, slots=True)
class Frame:
    """One sealed block inside the file."""

    index: int
    sealed: bytes
    end: bytes  # of the last block: what `END` packs; empty otherwise

    @property
    def is_last(self) -> bool:
        """Return whether the recording says that it ends here."""
        return bool(self.end)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A file as far as it can be read without a key."""

    head: Head
    frames: tuple[Frame, ...]
    ended: bool  # its writer ended it
    excess: int  # bytes behind the last whole frame

    @property
    def samples(self) -> int:
        """Return how many samples of each side it holds, by its own account."""
        if not self.ended:
            return BLOCK_SAMPLES * len(self.frames)
        samples: int = END.unpack(self.frames[-1].end)[0]
        return samples

    @property
    def audio_sha256(self) -> str:
        """Return the digest of its samples, by its own account; empty if it was cut short."""
        return END.unpack(self.frames[-1].end)[1].hex() if self.ended else ""


def head_digest(head: bytes) -> bytes:
    """Return what binds blocks to the head in front of them."""
    return hashlib.sha256(head).digest()


def nonce(index: int, *, last: bool) -> bytes:
    """Return the nonce of a block: under a recording's own key none comes twice."""
    return BOUND.pack(index, last) + bytes(3)


def bound(digest: bytes, index: int, *, end: bytes) -> bytes:
    """Return what a block is bound to."""
    return digest + BOUND.pack(index, bool(end)) + end


def frame(sealed: bytes, *, end: bytes = b"") -> bytes:
    """Return a sealed block as it is stored."""
    return FRAME.pack(len(end) + len(sealed), bool(end)) + end + sealed


def parse(content: bytes) -> Parsed:
    """Read what is there, up to the first thing that is not whole.

    :raises NotARecordingError: if not even the head is
    """
    if len(content) < HEAD.size:
        raise NotARecordingError("The file is shorter than a head.")
    magic, version, recording, key_id, wrapped = HEAD.unpack_from(content)
    if magic != MAGIC or version != VERSION:
        raise NotARecordingError("The file does not begin as a recording does.")
    frames = tuple(_frames(content))
    used = HEAD.size + sum(FRAME.size + len(one.end) + len(one.sealed) for one in frames)
    return Parsed(
        head=Head(UUID(bytes=recording), key_id.hex(), wrapped),
        frames=frames,
        ended=bool(frames) and frames[-1].is_last,
        excess=len(content) - used,
    )


def _frames(content: bytes) -> Iterator[Frame]:
    at, index = HEAD.size, 0
    while at + FRAME.size <= len(content):
        size, last = FRAME.unpack_from(content, at)
        at += FRAME.size
        ends = END.size if last else 0
        if not ends + TAG_BYTES <= size <= LONGEST_FRAME or at + size > len(content):
            return
        yield Frame(index, content[at + ends : at + size], content[at : at + ends])
        if last:
            return
        at, index = at + size, index + 1
