"""Read an uploaded list, and apply it: the two halves of every importer, in a worker."""

from django.urls import reverse

from compliance import clock
from compliance.imports.apply import import_apply
from compliance.imports.kind import ImportKind
from compliance.imports.outcome import Imported, ImportRefusedError, Watcher
from compliance.imports.uploads import upload_plan
from compliance.models import ListUpload
from console.jobs.kind import JobFailedError, Kind, Report, Result
from console.models import Job

READING = ("正在读取名单", "Reading the list")


def job_of(upload_id: int) -> Job | None:
    """Return the newest job about an upload."""
    jobs = Job.objects.filter(arguments__upload=upload_id)
    return jobs.order_by("-started_at").first()


def halves(*, what: str, of: type[ImportKind], zh: str, en: str, page: str) -> tuple[Kind, Kind]:
    """Return the kinds that read and that apply a list; `page` shows what came of it."""

    def plan(job: Job, report: Report) -> Result:
        return _plan(of, page, job, report)

    def apply(job: Job, report: Report) -> Result:
        return _apply(of, page, job, report)

    return (
        Kind(code=f"{what}_plan", zh=f"读取{zh}", en=f"Read {en}", run=plan, roles=of.roles),
        Kind(code=f"{what}_apply", zh=f"应用{zh}", en=f"Apply {en}", run=apply, roles=of.roles),
    )


def _plan(of: type[ImportKind], page: str, job: Job, report: Report) -> Result:
    upload = _upload(job)
    read = 0

    def on_rows(more: int) -> None:
        nonlocal read
        read += more
        report(done=read, of=0, words=READING)

    try:
        row = upload_plan(
            upload=upload,
            kind=of.again(upload.terms),
            by=job.owner,
            now=clock.read(),
            watcher=Watcher(on_rows=on_rows),
        )
    except ImportRefusedError as error:
        raise JobFailedError(error.words.zh, error.words.en) from error
    if row is None:
        zh, en = upload.problem or ["", ""]
        raise JobFailedError(zh, en)
    return Result(
        zh=f"已读取 {row.rows} 行，待应用。",
        en=f"{row.rows} rows were read; they wait to be applied.",
        url=_url(page, upload),
    )


def _apply(of: type[ImportKind], page: str, job: Job, report: Report) -> Result:
    upload = _upload(job)
    if upload.row is None:
        raise JobFailedError("该名单尚未读取。", "The list was not read yet.")
    report(done=0, of=0, words=("正在应用", "Applying it"))
    try:
        done = import_apply(
            kind=of.again(upload.terms), row=upload.row, by=job.owner, now=clock.read()
        )
    except ImportRefusedError as error:
        raise JobFailedError(error.words.zh, error.words.en) from error
    return _applied(page, upload, done)


def _applied(page: str, upload: ListUpload, done: Imported) -> Result:
    return Result(
        zh=f"新增 {done.new} 行，已有 {done.known} 行，退回 {done.rejects} 行。",
        en=f"{done.new} rows added, {done.known} known already, {done.rejects} rejected.",
        url=_url(page, upload),
    )


def _upload(job: Job) -> ListUpload:
    upload = ListUpload.objects.select_related("row").filter(pk=job.arguments["upload"]).first()
    if upload is None:
        raise JobFailedError("没有该上传。", "There is no such upload.")
    return upload


def _url(page: str, upload: ListUpload) -> str:
    return reverse(f"console:{page}", kwargs={"upload_id": upload.pk})
