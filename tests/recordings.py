"""Recordings for tests that are not about how they come about."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from django.test import override_settings

from compliance import clock
from dialer.models import Attempt, Recording
from dialer.recording.handover import Kept, OpenedRecording
from dialer.recording.player import Player
from dialer.services.recording_close import recording_close
from tests.dialer.recording.studio import PRIVATE, finish, recorder_of, say, speech, writer_in


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


@contextmanager
def playing(row: Recording, *, folder: Path, address: Path) -> Iterator[None]:
    """Let a player be there, who holds the key, and gives out this recording."""
    player = Player(
        address=address,
        folder=folder,
        private=PRIVATE,
        allowed=lambda _entry, _recording: row.file_sha256,
    )
    thread = threading.Thread(target=player.serve)
    thread.start()
    with override_settings(RECORDING_PLAYER=address):
        yield
    player.stop()
    thread.join()
