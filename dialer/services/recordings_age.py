"""Delete recordings that have been kept long enough (CN13-REC-03), and none that is held."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.db.models import Exists, OuterRef, Q, QuerySet

from audit.models import AuditLegalHold
from compliance.books import book
from compliance.editions import book_to_show
from compliance.lists.moments import LOCAL
from compliance.models import Complaint
from compliance.rulebook.retention import RetentionClass
from compliance.selectors.complaints import still_open
from dialer.models import Recording
from dialer.recording.found import remove
from dialer.services.recording_delete import KEPT, recording_delete

BECAUSE = "retention"
LEFTOVERS = timedelta(days=8)  # a run a day: what a crash left behind is no older


@dataclass(frozen=True, slots=True, kw_only=True)
class Aged:
    """What a run found and did."""

    due: int
    held: int  # due, but somebody's case or a hold of the law needs them
    deleted: int


def recordings_age(*, folder: Path, actor: str, now: datetime, dry_run: bool = False) -> Aged:
    """Delete what is due, each recording in its own transaction."""
    due = _due(now)
    free = not_held(due)
    found = Aged(due=due.count(), held=due.count() - free.count(), deleted=0)
    if dry_run:
        return found
    _remove_leftovers(folder, now)
    deleted = sum(
        recording_delete(recording=one, because=BECAUSE, folder=folder, actor=actor, now=now)
        for one in free.order_by("pk")
    )
    return Aged(due=found.due, held=found.held, deleted=deleted)


def not_held(recordings: QuerySet[Recording]) -> QuerySet[Recording]:
    """Leave out those of people with an open complaint, and of days under a legal hold."""
    cases = still_open(Complaint.objects.filter(person=OuterRef("attempt__permit__person")))
    free = recordings.filter(~Exists(cases))
    for hold in AuditLegalHold.objects.filter(lifted_at=None):
        first = datetime.combine(hold.since, datetime.min.time(), tzinfo=LOCAL)
        last = datetime.combine(hold.until, datetime.max.time(), tzinfo=LOCAL)
        free = free.exclude(started_at__range=(first, last))
    return free


def _due(now: datetime) -> QuerySet[Recording]:
    """Return what neither its own row nor the book in force has us keep any longer."""
    classes = book_to_show(now).retention or book().retention
    old = Q(pk__in=[])
    for its in _of_recordings(classes.values()):
        old |= Q(kind=its.name, started_at__lt=its.deletable_before(now))
    return Recording.objects.filter(old, state__in=KEPT, keep_until__lt=now)


def _of_recordings(classes: Iterable[RetentionClass]) -> list[RetentionClass]:
    return [its for its in classes if its.name.startswith("recording")]


def _remove_leftovers(folder: Path, now: datetime) -> None:
    lately = Recording.objects.filter(
        state=Recording.State.DELETED, deleted_at__gt=now - LEFTOVERS
    )
    for pk in lately.values_list("pk", flat=True):
        remove(folder, recording=pk)
