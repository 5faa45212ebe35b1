"""What a file holds that its writer did not come to speak of; read without any key."""

import hashlib
from pathlib import Path
from uuid import UUID

from dialer.recording.handover import Kept
from dialer.recording.sealed_format import NotARecordingError, parse
from dialer.recording.sealed_writer import path_of


def found(folder: Path, *, recording: UUID) -> Kept | None:
    """Return what is there of a recording; None if there is no file.

    :raises OSError: if it is there and cannot be read
    """
    try:
        content = path_of(folder, recording).read_bytes()
    except FileNotFoundError:
        return None
    digest = hashlib.sha256(content).hexdigest()
    try:
        parsed = parse(content)
    except NotARecordingError:  # its writer was killed before the head was whole
        return Kept(id=recording, bytes=len(content), file_sha256=digest, cut_because="crash")
    return Kept(
        id=recording,
        samples=parsed.samples,
        audio_sha256=parsed.audio_sha256,
        bytes=len(content),
        file_sha256=digest,
        cut_because="" if parsed.ended else "crash",
    )


def digest_of(folder: Path, *, recording: UUID) -> str:
    """Return the SHA-256 of a recording's file; empty if it cannot be read."""
    try:
        return hashlib.sha256(path_of(folder, recording).read_bytes()).hexdigest()
    except OSError:
        return ""


def remove(folder: Path, *, recording: UUID) -> None:
    """Delete a recording's file, if it is there."""
    path_of(folder, recording).unlink(missing_ok=True)
