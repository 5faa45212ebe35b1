"""The evidence bundle of a number: started from its dossier, taken away when it is made."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from compliance.models import Person
from compliance.numbers import Words
from console.access import member
from console.jobs import start
from console.jobs.kinds.dossier_bundle import DOSSIER_BUNDLE
from console.models import Job
from console.templatetags.either import either
from console.trail import note
from console.views.export_asked import ask_to_disclose
from console.views.export_made import export_handed_over, export_of, export_shown
from dialer.person_records import may_read_all

HOLDS = Words(
    "内含记录、已封存的审计条目、离线核验程序与 PDF。核验：python3 verify.py trail --vkey 公钥。",
    "It holds the records, the sealed entries, the offline verifier and the PDF. To check: "
    "python3 verify.py trail --vkey KEY.",
)


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
    return export_shown(
        request,
        job,
        title=either("证据包", "Evidence bundle"),
        back=(reverse("console:dossier", args=[person.pk]), person.masked),
        holds=HOLDS,
        file=reverse("console:dossier_bundle_file", args=[job.pk]),
    )


@require_GET
def dossier_bundle_file(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Hand the file over."""
    job, person = _job(request, job_id)
    return export_handed_over(request, job, name=f"dossier-{person.pk}.zip")


def _job(request: HttpRequest, job_id: UUID) -> tuple[Job, Person]:
    job = export_of(request, job_id, kind=DOSSIER_BUNDLE.code)
    person = get_object_or_404(Person, pk=int(job.arguments["person"]))
    _check(request, person)  # a complaint may have come in since
    return job, person


def _check(request: HttpRequest, person: Person) -> None:
    if not may_read_all(person, member(request)):
        note("access.denied", request=request, obj=f"person:{person.pk}", outcome="denied")
        raise PermissionDenied
