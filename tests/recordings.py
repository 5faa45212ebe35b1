"""Recordings for tests that are not about how they come about."""

from pathlib import Path
from uuid import uuid4

from compliance import clock
from dialer.models import Attempt, Recording
from dialer.recording.handover import Kept, OpenedRecording
from dialer.services.recording_close import recording_close
from tests.dialer.recording.studio import finish, recorder_of, say, speech, writer_in


def opened_recording() -> OpenedRecording:
    """Return a recording as a recorder hands it over once its file is on the disk."""
    return OpenedRecording(id=uuid4(), key_id="0" * 16)


def kept_recording(attempt: Attempt, *, folder: Path) -> Recording:
    """Let the callee speak for a second, and close the call's recording."""
    row = Recording.objects.get(attempt=attempt)
    recorder = recorder_of(writer_in(folder, row.pk), row.pk)
    say(recorder, speech(1.0, seed=1))
    finish(recorder)
    done = recorder.writer.as_it_is()
    kept = Kept(
        id=row.pk,
        samples=done.samples,
        audio_sha256=done.audio_sha256,
        bytes=done.bytes,
        file_sha256=done.file_sha256,
    )
    recording_close(kept=kept, actor="svc:line:test", now=clock.read())
    row.refresh_from_db()
    return row
