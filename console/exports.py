"""Exports that disclose personal data: two people, a day to fetch them, every fetch on the trail.

What is masked is one person's to make, and is kept for a week.
"""

import hashlib
import os
import re
import shutil
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from django.conf import settings

from console.jobs.alive import is_alive
from console.models import Job

KIND = "export"  # console.approvals.kinds
KEPT = timedelta(days=7)
DISCLOSED_KEPT = timedelta(days=1)
OWN = ("disclose", "token")  # what an approval adds to a job's arguments
# The file, its folder and whatever either is called before it is whole: `<job>.zip`, `<job>.part`,
# `<job>` and `.<job>.<random>.part` (audit.exports.export).
NAMED = re.compile(r"\.?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:\..*)?")


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


@contextmanager
def folder_of(job: Job) -> Iterator[Path]:
    """Lend a job the name of a folder for what it unpacks, which is deleted when the job ends.

    It stands beside the file and is named after the job, so that `forget_old` finds what a worker
    that was killed has left of it.
    """
    folder = file_of(job).with_suffix("")
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    shutil.rmtree(folder, ignore_errors=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def digest_of(job: Job, *, now: datetime) -> str:
    """Return the SHA-256 of the job's file; none if it may not be fetched any more."""
    path = file_of(job)
    if is_over(job, now=now) or not path.exists():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def forget_old(*, kinds: frozenset[str], now: datetime) -> int:
    """Delete what is kept of exports whose time is over; return how many files and folders.

    That is the file, and what a worker that was killed, or that failed, left of making it.
    """
    kept = _kept()
    ended = Job.objects.filter(pk__in=kept, kind__in=kinds, ended_at__lt=now - DISCLOSED_KEPT)
    # One that was begun again has not ended; its worker holds its lock from before it says so.
    over = [job.pk for job in ended if is_over(job, now=now) and not is_alive(job.pk)]
    gone = [path for key in over for path in kept[key]]
    for path in gone:
        _delete(path)
    return len(gone)


def _kept() -> Mapping[UUID, Sequence[Path]]:
    """Return all that is in the folder of exports, by the job that it is of."""
    folder, kept = Path(settings.EVIDENCE_DIR), defaultdict[UUID, list[Path]](list)
    for path in folder.iterdir() if folder.exists() else ():
        if named := NAMED.fullmatch(path.name):
            kept[UUID(named[1])].append(path)
    return kept


def _delete(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
