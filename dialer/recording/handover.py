"""What passes between a recorder and the call's record."""

from dataclasses import dataclass
from uuid import UUID


class RecorderNotReadyError(Exception):
    """What would be said cannot be kept now, so the call may not leave."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedRecording:
    """A recording that is ready, before its call leaves; only a recorder makes one."""

    id: UUID  # also the name of its file
    key_id: str  # of the public key that it is sealed for


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What became of one recording."""

    id: UUID
    samples: int = 0  # of each side
    audio_sha256: str = ""
    bytes: int = 0  # 0: nothing was said, there is no file
    file_sha256: str = ""
    cut_because: str = ""  # why it is not whole; empty if it is
