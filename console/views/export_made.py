"""A file that an export has made: its page, and the file itself, for whoever asked for it."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from compliance import clock
from compliance.numbers import Words
from console.access import member
from console.exports import digest_of, file_of, is_over
from console.models import Job
from console.templatetags.either import either
from console.trail import note


def export_of(request: HttpRequest, job_id: UUID, *, kind: str) -> Job:
    """Return the job that made the file, to the person who asked for it alone.

    :raises Http404: to anyone else, for another kind of file, and until it is made
    """
    return get_object_or_404(
        Job, pk=job_id, kind=kind, owner=member(request), state=Job.State.DONE
    )


def export_shown(
    request: HttpRequest, job: Job, *, title: str, back: tuple[str, str], holds: Words, file: str
) -> HttpResponse:
    """Show what was made, and where it is taken away."""
    digest = digest_of(job, now=clock.read())
    return render(
        request,
        "console/officer/export.html",
        {
            "job": job,
            "title": title,
            "back": back,
            "holds": either(holds.zh, holds.en),
            "file": file,
            "bytes": file_of(job).stat().st_size if digest else None,
            "sha256": digest,
        },
    )


def export_handed_over(request: HttpRequest, job: Job, *, name: str) -> HttpResponse:
    """Hand the file over, on the record.

    :raises Http404: once its time is over
    """
    if is_over(job, now=clock.read()):
        raise Http404
    try:
        content = file_of(job).read_bytes()
    except FileNotFoundError as error:
        raise Http404 from error
    note("export.fetched", request=request, obj=f"job:{job.pk}")
    return HttpResponse(
        content,
        content_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
