"""Let somebody hear a recording: who, which and why is on the trail before a sound is heard."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import BooleanField, F, Func, Value

from audit import record as audit
from audit.models import AuditEntry
from compliance.denials import DeniedError
from compliance.models import Complaint, User
from dialer.models import Recording
from dialer.recording.player_words import NOT_ALLOWED, NotPlayedError

ACTION = "recording.played"
GOOD_FOR = timedelta(hours=1)
REASONS = {
    "complaint": ("核查投诉", "A complaint is looked into"),
    "refusal": ("核实拒绝", "Whether the person refused"),
    "quality": ("质量检查", "Quality check"),
    "person": ("本人要求", "The person asks for it"),
    "authority": ("主管部门要求", "An authority asks for it"),
}
READABLE = (Recording.State.CLOSED, Recording.State.CUT)


class PlayRefusedError(DeniedError):
    """The account may not hear this recording."""


class NothingToPlayError(Exception):
    """Nothing was said in the call, or its recording is deleted or still being written."""


@transaction.atomic(durable=True)
def recording_play(*, recording: Recording, by: User, reason: str, now: datetime) -> UUID:
    """Put on the trail that somebody hears the recording; the entry opens it for an hour.

    :raises PlayRefusedError: unless it is a compliance officer, or the supervisor whose campaign
        it is, with no part in a complaint of the person, and a reason of the list
    :raises NothingToPlayError: if there is nothing to be heard
    """
    if reason not in REASONS or not may_hear(recording, by):
        raise PlayRefusedError(f"{by} may not hear recording {recording.pk}.")
    if recording.state not in READABLE or not recording.bytes:
        raise NothingToPlayError(f"Recording {recording.pk} has nothing to be heard.")
    return audit.record(
        "recording.played",
        obj=f"recording:{recording.pk}",
        actor=f"u:{by.pk}",
        now=now,
        data={
            "reason": reason,
            "attempt": recording.attempt_id,
            "permit": str(recording.attempt.permit_id),
        },
    )


def may_hear(recording: Recording, by: User) -> bool:
    """Tell whether the account may hear the recording, if it gives a reason."""
    permit = recording.attempt.permit
    if not by.is_active or _has_part(permit.person_id, by):
        return False
    own = by.role == User.Role.SUPERVISOR and permit.filing.author_id == by.pk
    return by.role == User.Role.COMPLIANCE or own


def _has_part(person_id: int, by: User) -> bool:
    """Tell whether the account has a part in a complaint of the person, open or closed."""
    accused = Func(
        Value(by.pk), F("pk"), function="compliance_is_accused", output_field=BooleanField()
    )
    cases = Complaint.objects.filter(person_id=person_id).annotate(has_a_part=accused)
    return cases.filter(has_a_part=True).exists()


def played_by(*, entry: UUID, recording: UUID, now: datetime) -> str:
    """Return whom an entry lets hear the recording now, as the trail names them.

    :raises NotPlayedError: if there is no such entry, or it is too old
    """
    found = (
        AuditEntry.objects.about(f"recording:{recording}")
        .of(ACTION)
        .since(now - GOOD_FOR)
        .filter(eid=entry, outcome="ok")
        .first()
    )
    if found is None:
        raise NotPlayedError(NOT_ALLOWED)
    return found.actor


def allowed(*, entry: UUID, recording: UUID, now: datetime) -> str:
    """Return the SHA-256 of the file that may be opened; the player asks.

    :raises NotPlayedError: if nobody may hear it now
    """
    played_by(entry=entry, recording=recording, now=now)
    row = Recording.objects.filter(pk=recording, state__in=READABLE, bytes__gt=0).first()
    if row is None:
        raise NotPlayedError(NOT_ALLOWED)
    return row.file_sha256
