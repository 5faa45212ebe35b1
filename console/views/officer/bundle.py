"""The evidence bundle of a number: started from its dossier, taken away when it is made."""

import hashlib
from pathlib import Path
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from compliance import clock
from compliance.models import Person
from console.access import member
from console.exports import is_over
from console.jobs import start
from console.jobs.kinds.dossier_bundle import DOSSIER_BUNDLE, bundle_of
from console.models import Job
from console.trail import note
from console.views.export_asked import ask_to_disclose
from dialer.person_records import may_read_all


@require_POST
def dossier_bundle(request: HttpRequest, person_id: int) -> HttpResponse:
    """Have the bundle made."""
    person = get_object_or_404(Person, pk=person_id)
    _check(request, person)
    if request.POST.get("disclose"):
        return ask_to_disclose(
            request,
            job=DOSSIER_BUNDLE.code,
            arguments={"person": person.pk},
            subject=f"{DOSSIER_BUNDLE.code}:{person.pk}",
            back=reverse("console:dossier", args=[person.pk]),
        )
    job = start(request, kind=DOSSIER_BUNDLE.code, arguments={"person": person.pk})
    return redirect("console:job", job_id=job.pk)


@require_GET
def dossier_bundle_made(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Show what was made, to whoever asked for it."""
    job, person = _job(request, job_id)
    path = bundle_of(job)
    there = path.exists() and not is_over(job, now=clock.read())
    return render(
        request,
        "console/officer/bundle.html",
        {
            "job": job,
            "person": person,
            "bytes": path.stat().st_size if there else None,
            "sha256": _digest(path) if there else "",
        },
    )


@require_GET
def dossier_bundle_file(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Hand the file over."""
    job, person = _job(request, job_id)
    if is_over(job, now=clock.read()):
        raise Http404
    try:
        content = bundle_of(job).read_bytes()
    except FileNotFoundError as error:
        raise Http404 from error
    note("export.fetched", request=request, obj=f"job:{job.pk}")
    return HttpResponse(
        content,
        content_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="dossier-{person.pk}.zip"'},
    )


def _job(request: HttpRequest, job_id: UUID) -> tuple[Job, Person]:
    job = get_object_or_404(
        Job, pk=job_id, owner=member(request), kind=DOSSIER_BUNDLE.code, state=Job.State.DONE
    )
    person = get_object_or_404(Person, pk=int(job.arguments["person"]))
    _check(request, person)  # a complaint may have come in since
    return job, person


def _check(request: HttpRequest, person: Person) -> None:
    if not may_read_all(person, member(request)):
        note("access.denied", request=request, obj=f"person:{person.pk}", outcome="denied")
        raise PermissionDenied


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
