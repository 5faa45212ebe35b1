"""All recordings of one person, as the player gives them to somebody who may hear each."""

from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings

from compliance.models import Person, User
from dialer.models import Recording
from dialer.recording.player_client import whole
from dialer.services.recording_play import READABLE, recording_play


def sound_of(
    person: Person, *, by: User, now: datetime, reason: str = "complaint"
) -> dict[UUID, bytes]:
    """Return WAV files by recording; each is on the trail as heard by the account.

    :raises PlayRefusedError: if the account may not hear one of them
    :raises NotPlayedError: if the player is away, or gives one of them not out
    """
    rows = Recording.objects.filter(
        attempt__permit__person=person, state__in=READABLE, bytes__gt=0
    ).select_related("attempt__permit__filing")
    found = {}
    for row in rows.order_by("pk"):
        entry = recording_play(recording=row, by=by, reason=reason, now=now)
        found[row.pk] = whole(Path(settings.RECORDING_PLAYER), recording=row.pk, entry=entry)
    return found
