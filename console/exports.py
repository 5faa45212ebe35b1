"""Exports that disclose personal data: two people, a day to fetch them, every fetch on the trail.

What is masked is one person's to make, and is kept for a week.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

from django.conf import settings

from console.jobs.kind import JobFailedError
from console.models import Approval, Job

KIND = "export"  # console.approvals.kinds
KEPT = timedelta(days=7)
DISCLOSED_KEPT = timedelta(days=1)
OWN = ("disclose", "token")  # what an approval adds to a job's arguments
NOBODY_AGREED = (
    "含个人信息的导出须由第二人同意；本任务没有相应的同意。",
    "An export that discloses personal data takes a second person; nobody agreed to this one.",
)


def asked_for(*, job: str, arguments: Mapping[str, object], reason: str) -> dict[str, object]:
    """Return what an approval keeps of an export."""
    return {"job": job, "arguments": dict(arguments), "reason": reason, "token": uuid4().hex}


def arguments_of(asked: Mapping[str, object]) -> dict[str, object]:
    """Return the arguments of the job that an approved export becomes."""
    given = asked["arguments"]
    assert isinstance(given, dict)  # noqa: S101 - `asked_for` made it
    return given | {"disclose": True, "token": asked["token"]}


def discloses(job: Job) -> bool:
    """Return whether the job's file holds personal data in clear.

    :raises JobFailedError: if it would, and no second person agreed to exactly that
    """
    if not job.arguments.get("disclose"):
        return False
    if not _agreed(job):
        raise JobFailedError(*NOBODY_AGREED)
    return True


def _agreed(job: Job) -> bool:
    """Return whether somebody approved this export, of this and nothing else, for its owner."""
    plain = {name: value for name, value in job.arguments.items() if name not in OWN}
    approved = Approval.objects.filter(
        kind=KIND,
        state=Approval.State.APPROVED,
        proposer_id=job.owner_id,
        asked__token=job.arguments.get("token"),
    )
    return any(
        one.asked["job"] == job.kind and one.asked["arguments"] == plain for one in approved
    )


def is_over(job: Job, *, now: datetime) -> bool:
    """Return whether the file may not be fetched any more."""
    kept = DISCLOSED_KEPT if job.arguments.get("disclose") else KEPT
    return job.ended_at is None or job.ended_at + kept < now


def file_of(job: Job) -> Path:
    """Return where the file of a job is."""
    return Path(settings.EVIDENCE_DIR) / f"{job.pk}.zip"


def forget_old(*, kinds: frozenset[str], now: datetime) -> int:
    """Delete the files whose time is over; return how many there were."""
    ended = Job.objects.filter(kind__in=kinds, ended_at__lt=now - DISCLOSED_KEPT)
    gone = [path for job in ended if is_over(job, now=now) and (path := file_of(job)).exists()]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)
