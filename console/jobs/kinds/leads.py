"""Read an uploaded list of leads, and apply it: the two halves of the importer, in a worker."""

from django.urls import reverse

from compliance import clock
from compliance.imports.apply import import_apply
from compliance.imports.outcome import Imported, ImportRefusedError, Watcher
from compliance.imports.uploads import upload_plan
from compliance.models import ListUpload
from console.jobs.kind import JobFailedError, Kind, Report, Result
from console.models import Job
from dialer.services.leads_import import LeadsImport

READING = ("正在读取名单", "Reading the list")
PLAN, APPLY = "leads_plan", "leads_apply"


def job_of(upload_id: int) -> Job | None:
    """Return the newest job about an upload."""
    jobs = Job.objects.filter(kind__in=(PLAN, APPLY), arguments__upload=upload_id)
    return jobs.order_by("-started_at").first()


def _plan(job: Job, report: Report) -> Result:
    upload = _upload(job)
    read = 0

    def on_rows(more: int) -> None:
        nonlocal read
        read += more
        report(done=read, of=0, words=READING)

    try:
        row = upload_plan(
            upload=upload,
            kind=LeadsImport.again(upload.terms),
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
        url=_url(upload),
    )


def _apply(job: Job, report: Report) -> Result:
    upload = _upload(job)
    if upload.row is None:
        raise JobFailedError("该名单尚未读取。", "The list was not read yet.")
    report(done=0, of=0, words=("正在应用", "Applying it"))
    try:
        done = import_apply(
            kind=LeadsImport.again(upload.terms), row=upload.row, by=job.owner, now=clock.read()
        )
    except ImportRefusedError as error:
        raise JobFailedError(error.words.zh, error.words.en) from error
    return _applied(upload, done)


def _applied(upload: ListUpload, done: Imported) -> Result:
    return Result(
        zh=f"新增 {done.added} 人，已有 {done.known} 人，退回 {done.rejects} 行。",
        en=f"{done.added} people added, {done.known} known already, {done.rejects} rows rejected.",
        url=_url(upload),
    )


def _upload(job: Job) -> ListUpload:
    upload = ListUpload.objects.select_related("row").filter(pk=job.arguments["upload"]).first()
    if upload is None:
        raise JobFailedError("没有该上传。", "There is no such upload.")
    return upload


def _url(upload: ListUpload) -> str:
    return reverse("console:list_import", kwargs={"upload_id": upload.pk})


LEADS_PLAN = Kind(
    code=PLAN, zh="读取外呼名单", en="Read a list of leads", run=_plan, roles=LeadsImport.roles
)
LEADS_APPLY = Kind(
    code=APPLY, zh="应用外呼名单", en="Apply a list of leads", run=_apply, roles=LeadsImport.roles
)
