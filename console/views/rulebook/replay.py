"""Start a replay of an edition, and read the report of one that is done."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from compliance.models import PackEdition
from console.jobs import start
from console.jobs.kinds.rules_replay import COUNTS, KIND, arguments_of
from console.models import ReplayReport
from console.selectors.rulebook.replay import rule_shifts, shifts


@require_POST
def rulebook_replay_start(request: HttpRequest, edition_id: int) -> HttpResponse:
    """Decide the newest decisions again under an edition."""
    edition = get_object_or_404(PackEdition, pk=edition_id)
    asked = {str(count): count for count in COUNTS}.get(request.POST.get("last", ""), COUNTS[0])
    job = start(request, kind=KIND, arguments=arguments_of(last=asked, edition=edition))
    return redirect("console:job", job_id=job.pk)


@require_GET
def rulebook_replay(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Show the report."""
    rows = ReplayReport.objects.select_related("job__owner", "edition")
    found = get_object_or_404(rows, pk=job_id)
    return render(
        request,
        "console/rulebook/replay.html",
        {
            "found": found,
            "report": found.report,
            "shifts": shifts(found.report),
            "rules": rule_shifts(found.report),
        },
    )
