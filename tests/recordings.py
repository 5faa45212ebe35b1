"""Recordings for tests that are not about them."""

from uuid import uuid4

from dialer.recording.handover import OpenedRecording


def opened_recording() -> OpenedRecording:
    """Return a recording as a recorder hands it over once its file is on the disk."""
    return OpenedRecording(id=uuid4(), key_id="0" * 16)
