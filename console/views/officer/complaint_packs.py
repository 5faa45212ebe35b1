"""A complaint's evidence pack: masked at once; with recordings once a second person agreed."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from compliance import clock
from compliance.denials import denial_record
from compliance.models import Complaint
from compliance.numbers import Words
from console.access import member
from console.jobs.kinds.complaint_pack import COMPLAINT_PACK, NO_PACK
from console.models import Job
from console.templatetags.either import either
from console.trail import actor_of
from console.views.export_asked import ask_to_disclose
from console.views.export_made import export_handed_over, export_of, export_shown
from console.views.officer.complaint import complaint_seen
from dialer.services.evidence_pack import EvidenceRefusedError, evidence_pack

HOLDS = Words(
    "内含记录、审计条目与录音；号码隐去，摘要值留在案卷与审计日志。",
    "It holds the records, entries of the trail and the recordings; numbers are masked, and the "
    "digest stays with the case and the trail.",
)


@require_POST
def complaint_pack(request: HttpRequest, case: int) -> HttpResponse:
    """Make the pack and hand it over; with recordings, ask another person first."""
    row, by, now = complaint_seen(request, case), member(request), clock.read()
    if request.POST.get("recordings"):
        return ask_to_disclose(
            request,
            job=COMPLAINT_PACK.code,
            arguments={"complaint": row.pk},
            subject=f"{COMPLAINT_PACK.code}:{row.pk}",
            back=reverse("console:complaint", args=[row.pk]),
        )
    try:
        pack = evidence_pack(person=row.person, complaint=row, by=by, unmasked=False, now=now)
    except EvidenceRefusedError as error:
        denial_record(obj="page:complaint_pack", actor=actor_of(request), now=now, error=error)
        messages.warning(request, either(*NO_PACK))
        return redirect("console:complaint", case=case)
    return HttpResponse(
        pack.content,
        content_type="application/zip",
        headers={
            "Content-Disposition": f'attachment; filename="complaint-{row.pk}.zip"',
            "X-Content-SHA256": pack.sha256,
        },
    )


@require_GET
def complaint_pack_made(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Show the pack with recordings, to whoever asked for it."""
    job, row = _job(request, job_id)
    return export_shown(
        request,
        job,
        title=either("附录音的举证包", "Evidence pack with recordings"),
        back=(
            reverse("console:complaint", args=[row.pk]),
            either(f"投诉 {row.pk}", f"Complaint {row.pk}"),
        ),
        holds=HOLDS,
        file=reverse("console:complaint_pack_file", args=[job.pk]),
    )


@require_GET
def complaint_pack_file(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Hand the pack with recordings over."""
    job, row = _job(request, job_id)
    return export_handed_over(request, job, name=f"complaint-{row.pk}-recordings.zip")


def _job(request: HttpRequest, job_id: UUID) -> tuple[Job, Complaint]:
    job = export_of(request, job_id, kind=COMPLAINT_PACK.code)
    return job, complaint_seen(request, int(job.arguments["complaint"]))
