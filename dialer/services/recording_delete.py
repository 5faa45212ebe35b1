"""Delete the sound of a call and keep the proof: what it was, why it went, that it was whole."""

from datetime import datetime
from pathlib import Path

from django.db import transaction

from audit import record as audit
from dialer.models import Recording
from dialer.recording.found import digest_of, remove

KEPT = (Recording.State.CLOSED, Recording.State.CUT)


def recording_delete(
    *, recording: Recording, because: str, folder: Path, actor: str, now: datetime
) -> bool:
    """Delete one recording's file. Return False if somebody else has.

    The record goes first: a file that a crash leaves behind is removed by the next run.

    :raises DatabaseError: inside its floor, whoever asks
    :raises OSError: if the folder cannot be written
    """
    digest = digest_of(folder, recording=recording.pk)
    gone = _on_record(recording, because, digest, actor, now)
    remove(folder, recording=recording.pk)
    return gone


@transaction.atomic(durable=True)
def _on_record(recording: Recording, because: str, digest: str, actor: str, now: datetime) -> bool:
    kept = Recording.objects.filter(pk=recording.pk, state__in=KEPT)
    changed = kept.update(state=Recording.State.DELETED, deleted_at=now, deleted_because=because)
    if changed != 1:
        return False
    audit.record(
        "recording.deleted",
        obj=f"recording:{recording.pk}",
        actor=actor,
        now=now,
        data={
            "because": because,
            "class": recording.kind,
            "samples": recording.samples,
            "bytes": recording.bytes,
            "audio_sha256": recording.audio_sha256,
            "file_sha256": recording.file_sha256,
            "was_whole": digest == recording.file_sha256,
        },
    )
    return True
