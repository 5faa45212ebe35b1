"""Close the recordings of a line process that was killed: what is there stays, and is readable."""

from datetime import datetime
from pathlib import Path
from uuid import UUID

from dialer.models import LineInvite, Recording
from dialer.recording.found import found, remove
from dialer.recording.handover import Kept
from dialer.services.recording_close import recording_close


def recordings_close_left(
    *,
    trunk_id: int,
    folder: Path,
    keep: frozenset[UUID],
    before: datetime,
    actor: str,
    now: datetime,
) -> int:
    """Close the trunk's open recordings that began before `before`, but for those in `keep`.

    Only the trunk's owner may do this, `keep` being what it writes itself. Return how many.
    """
    left = Recording.objects.filter(
        state=Recording.State.OPEN, attempt__permit__trunk_id=trunk_id, started_at__lt=before
    ).select_related("attempt")
    gone = [one for one in left if one.pk not in keep]
    for one in gone:
        recording_close(kept=_what_is_there(one, folder), actor=actor, now=now)
    return len(gone)


def _what_is_there(one: Recording, folder: Path) -> Kept:
    kept = found(folder, recording=one.pk)
    nobody_spoke = one.attempt.answered_at is None
    if kept is None:
        left = LineInvite.objects.filter(permit_id=one.attempt.permit_id).exists()
        return Kept(id=one.pk, cut_because="missing" if left else "")
    if nobody_spoke and not kept.samples:
        remove(folder, recording=one.pk)
        return Kept(id=one.pk)
    return kept
