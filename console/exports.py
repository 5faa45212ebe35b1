"""Exports that disclose personal data: two people, a day to fetch them, every fetch on the trail.

What is masked is one person's to make, and is kept for a week.
"""

import hashlib
import os
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

from django.conf import settings

from console.models import Job

KIND = "export"  # console.approvals.kinds
KEPT = timedelta(days=7)
DISCLOSED_KEPT = timedelta(days=1)
OWN = ("disclose", "token")  # what an approval adds to a job's arguments


def asked_for(*, job: str, arguments: Mapping[str, object], reason: str) -> dict[str, object]:
    """Return what an approval keeps of an export."""
    return {"job": job, "arguments": dict(arguments), "reason": reason, "token": uuid4().hex}


def arguments_of(asked: Mapping[str, object]) -> dict[str, object]:
    """Return the arguments of the job that an approved export becomes."""
    given = asked["arguments"]
    assert isinstance(given, dict)  # noqa: S101 - `asked_for` made it
    return given | {"disclose": True, "token": asked["token"]}


def is_over(job: Job, *, now: datetime) -> bool:
    """Return whether the file may not be fetched any more."""
    kept = DISCLOSED_KEPT if job.arguments.get("disclose") else KEPT
    return job.ended_at is None or job.ended_at + kept < now


def file_of(job: Job) -> Path:
    """Return where the file of a job is."""
    return Path(settings.EVIDENCE_DIR) / f"{job.pk}.zip"


def keep(path: Path, content: bytes) -> None:
    """Write the file whole or not at all, for the account that runs us alone."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    part.replace(path)


def digest_of(job: Job, *, now: datetime) -> str:
    """Return the SHA-256 of the job's file; none if it may not be fetched any more."""
    path = file_of(job)
    if is_over(job, now=now) or not path.exists():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def forget_old(*, kinds: frozenset[str], now: datetime) -> int:
    """Delete the files whose time is over; return how many there were."""
    ended = Job.objects.filter(kind__in=kinds, ended_at__lt=now - DISCLOSED_KEPT)
    gone = [path for job in ended if is_over(job, now=now) and (path := file_of(job)).exists()]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)
