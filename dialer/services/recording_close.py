"""Write down what became of a recording: its digests on the record and in the trail."""

from datetime import datetime, timedelta

from django.db import transaction

from audit import record as audit
from compliance.books import book
from compliance.editions import book_to_show
from compliance.rulebook.retention import recording_class
from dialer.models import Recording
from dialer.recording.blocks import SAMPLE_RATE
from dialer.recording.handover import Kept

STATES = Recording.State


@transaction.atomic(durable=True)
def recording_close(*, kept: Kept, actor: str, now: datetime) -> bool:
    """Close an open recording, whole or cut short. Return False if it was closed before."""
    held = Recording.objects.select_for_update(of=("self",)).select_related(
        "attempt__permit__filing__principal"
    )
    recording = held.filter(pk=kept.id, state=STATES.OPEN).first()
    if recording is None:
        return False
    filing = recording.attempt.permit.filing
    its = recording_class(
        book_to_show(now).retention or book().retention,
        industry=filing.principal.industry,
        purpose=filing.purpose,
    )
    recording.state = STATES.CUT if kept.cut_because else STATES.CLOSED
    recording.cut_because = kept.cut_because
    recording.closed_at = now
    recording.samples = kept.samples
    recording.audio_sha256 = kept.audio_sha256
    recording.file_sha256 = kept.file_sha256
    recording.bytes = kept.bytes
    recording.kind = its.name
    recording.floor_until = recording.started_at + timedelta(days=its.floor_days)
    recording.keep_until = recording.started_at + timedelta(
        days=max(its.keep_days, its.floor_days)
    )
    recording.save()
    audit.record(
        "recording.cut" if kept.cut_because else "recording.closed",
        obj=f"recording:{recording.pk}",
        actor=actor,
        now=now,
        data={
            "attempt": recording.attempt_id,
            "permit": str(recording.attempt.permit_id),
            "samples": kept.samples,
            "talk_ms": kept.samples * 1000 // SAMPLE_RATE,
            "audio_sha256": kept.audio_sha256,
            "file_sha256": kept.file_sha256,
            "bytes": kept.bytes,
            "key": recording.key_id,
            "class": its.name,
            "cut_because": kept.cut_because,
        },
    )
    return True
