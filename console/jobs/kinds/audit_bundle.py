"""A bundle of the audit trail in one ZIP, with the verifier beside the evidence."""

import zipfile
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.urls import reverse
from django.utils.timezone import make_aware

import audit.verify
from audit.exports.export import FORMATS, Export, audit_export
from audit.exports.sealed_entries import EntryGoneError
from audit.exports.selection import NothingSelectedError, Selection, between, span, whole
from audit.proofs import NotSealedError, newest_checkpoint
from audit.stored_tiles import TileMissingError
from compliance import clock
from compliance.models import User
from console.asked import day_from
from console.exports import file_of, folder_of
from console.jobs.disclosure import discloses
from console.jobs.kind import JobFailedError, Kind, Report, Result
from console.models import Job
from console.templatetags.either import either

KIND = "audit_bundle"
ROLES = frozenset({User.Role.COMPLIANCE, User.Role.ADMINISTRATOR, User.Role.REGULATOR})


class UnclearError(ValueError):
    """What was asked for cannot be read; the sentence says how to write it."""


def asked_for(given: Mapping[str, str], formats: Iterable[str]) -> dict[str, object]:
    """Return a job's arguments from a form.

    :raises UnclearError: if it names no range
    """
    what = given.get("what", "")
    wanted = {one for one in formats if one in FORMATS}
    arguments: dict[str, object] = {"what": what, "formats": sorted({"jsonl", *wanted})}
    if what == "all":
        return arguments
    if what == "day":
        return arguments | {"day": _day(given.get("day", "")).isoformat()}
    if what == "range":
        lo, hi = (_index(given.get(name, "")) for name in ("lo", "hi"))
        return arguments | {"lo": lo, "hi": hi}
    raise UnclearError(either("请选择导出范围。", "Choose what to export."))


def _day(text: str) -> date:
    day = day_from(text)
    if day is None:
        raise UnclearError(either("请选择日期。", "Choose a day."))
    return day


def _index(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 16):  # noqa: PLR2004 - 2**53
        raise UnclearError(
            either(
                "请写封存序号的起止，如 0 和 100。", "Write two leaf indexes, such as 0 and 100."
            )
        )
    return int(text)


def zip_of(job: Job) -> Path:
    """Return where the job's bundle is kept."""
    return file_of(job)


def run(job: Job, report: Report) -> Result:
    """Write the bundle and pack it.

    :raises JobFailedError: if there is nothing to export, or nobody agreed to disclose it
    """
    target, disclose = zip_of(job), discloses(job, now=clock.read())
    try:
        with folder_of(job) as folder:
            made = _export(job, folder, report, disclose=disclose)
            _pack(folder, target)
    except (NotSealedError, NothingSelectedError, EntryGoneError, TileMissingError) as error:
        raise JobFailedError(f"未能导出：{error}", f"The bundle was not made: {error}") from error
    count, size = made.written.count, made.signed.size
    return Result(
        zh=f"已导出 {count} 条，检查点 {size} 条，SHA-256 {made.written.sha256}",
        en=f"{count} entries, checkpoint of {size}, SHA-256 {made.written.sha256}",
        url=reverse("console:audit_bundle", kwargs={"job_id": job.pk}),
    )


def _export(job: Job, folder: Path, report: Report, *, disclose: bool) -> Export:
    signed = newest_checkpoint()
    selection = _selection(job.arguments, size=signed.size)

    def told(count: int) -> None:
        report(done=count, of=selection.hi - selection.lo, words=("写入条目", "writing entries"))

    return audit_export(
        selection=selection,
        signed=signed,
        out=folder,
        disclose=disclose,
        formats=job.arguments["formats"],
        held=(),
        actor=f"u:{job.owner_id}",
        now=clock.read(),
        told=told,
    )


def _selection(arguments: Mapping[str, Any], *, size: int) -> Selection:
    if arguments["what"] == "all":
        return whole(size=size)
    if arguments["what"] == "range":
        return span(lo=arguments["lo"], hi=arguments["hi"], size=size)
    begin = make_aware(datetime.fromisoformat(arguments["day"]))
    about = f"day:{arguments['day']}"
    return between(since=begin, until=begin + timedelta(days=1), about=about, size=size)


def _pack(folder: Path, target: Path) -> None:
    """Pack without compressing, so that a damaged byte is found in its entry, not in the ZIP."""
    part = target.with_suffix(".part")
    with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as packed:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                packed.write(path, str(path.relative_to(folder)))
        packed.write(audit.verify.__file__, "verify.py")
    part.replace(target)


AUDIT_BUNDLE = Kind(
    code=KIND,
    zh="导出审计证据包",
    en="Bundle of the audit trail",
    run=run,
    roles=ROLES,
)
