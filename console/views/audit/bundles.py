"""Make a bundle in the background, and hand it to whoever asked for it."""

import hashlib
from pathlib import Path
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from audit.canonical import canon
from compliance import clock
from console.exports import is_over
from console.jobs import start
from console.jobs.kinds.audit_bundle import KIND, UnclearError, asked_for, zip_of
from console.trail import note
from console.views.export_asked import ask_to_disclose
from console.views.export_made import export_of


@require_POST
def audit_export(request: HttpRequest) -> HttpResponse:
    """Start the making of a bundle; what cannot be read is told before anything starts."""
    try:
        arguments = asked_for(request.POST, request.POST.getlist("formats"))
    except UnclearError as error:
        messages.error(request, str(error))
        return redirect("console:audit")
    if request.POST.get("disclose"):
        return ask_to_disclose(
            request,
            job=KIND,
            arguments=arguments,
            subject=hashlib.sha256(canon(arguments)).hexdigest(),
            back=reverse("console:audit"),
        )
    job = start(request, kind=KIND, arguments=arguments)
    return redirect("console:job", job_id=job.pk)


@require_GET
def audit_bundle(request: HttpRequest, job_id: UUID) -> FileResponse:
    """Hand out the bundle, to the person who asked for it alone."""
    job = export_of(request, job_id, kind=KIND)
    path: Path = zip_of(job)
    if is_over(job, now=clock.read()) or not path.is_file():
        raise Http404
    note("export.fetched", request=request, obj=f"job:{job.pk}")
    return FileResponse(path.open("rb"), as_attachment=True, filename=f"yunhu-audit-{job.pk}.zip")
