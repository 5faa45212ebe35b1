"""Long work: the reader's own, one of them with its progress, and starting one again."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from compliance.denials import DeniedError
from console.access import member
from console.jobs.kinds import KINDS
from console.jobs.progress import progress_of
from console.jobs.queue import look_after, start, start_again
from console.models import Job

MOST = 50


@require_GET
def jobs(request: HttpRequest) -> HttpResponse:
    """Show what the reader has started."""
    reader = member(request)
    own = Job.objects.filter(owner=reader).order_by("-started_at")[:MOST]
    rows = [(job, KINDS.get(job.kind)) for job in own]
    return render(
        request,
        "console/frame/jobs.html",
        {"rows": rows, "may_check": reader.role in KINDS["trail_check"].roles},
    )


@require_GET
def job(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Show one, with its progress."""
    return render(request, "console/frame/job.html", _told(_own(request, job_id)))


@require_GET
def job_state(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Show its progress alone, for the page that is open; when it has ended, the polling ends."""
    told = _told(_own(request, job_id))
    response = render(request, "console/frame/job_state.html", told)
    if told["ended"]:
        response["HX-Refresh"] = "true"
    return response


@require_POST
def job_again(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Start one again that failed or was killed."""
    own = _own(request, job_id)
    start_again(request, job=own)
    return redirect("console:job", job_id=own.pk)


@require_POST
def trail_check(request: HttpRequest) -> HttpResponse:
    """Check the audit trail in the background."""
    try:
        started = start(request, kind="trail_check")
    except DeniedError as error:
        raise Http404 from error
    return redirect("console:job", job_id=started.pk)


def _own(request: HttpRequest, job_id: UUID) -> Job:
    found = get_object_or_404(Job, pk=job_id, owner=member(request))
    look_after(found)
    return found


def _told(found: Job) -> dict[str, object]:
    unfinished = found.state in (Job.State.WAITING, Job.State.RUNNING)
    return {
        "job": found,
        "kind": KINDS.get(found.kind),
        "progress": progress_of(found.pk),
        "ended": not unfinished,
        "again": found.state in (Job.State.FAILED, Job.State.STOPPED),
    }
