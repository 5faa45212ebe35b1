"""Delete the recordings of somebody who asks for it, once the law lets them go."""

from datetime import datetime
from pathlib import Path

from compliance.models import Person
from dialer.models import Recording
from dialer.services.recording_delete import KEPT, recording_delete
from dialer.services.recordings_age import not_held


def recordings_erase(
    *, person: Person, because: str, folder: Path, actor: str, now: datetime
) -> int:
    """Delete what is past its floor and not held, whatever we would have kept it for."""
    theirs = Recording.objects.filter(
        attempt__permit__person=person, state__in=KEPT, floor_until__lte=now
    )
    return sum(
        recording_delete(recording=one, because=because, folder=folder, actor=actor, now=now)
        for one in not_held(theirs).order_by("pk")
    )
