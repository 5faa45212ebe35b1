"""Uploading a list: the file, which column is which, the difference, applying it, its rejects."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from compliance import clock
from compliance.imports.apply import import_discard
from compliance.imports.given_back import rejects_shown, upload_rejects
from compliance.imports.mapping import upload_map
from compliance.imports.outcome import ImportRefusedError, outcome_of
from compliance.imports.uploads import upload_take
from compliance.lists import ListFileError
from compliance.models import ListImport, ListUpload
from compliance.services.list_choose import ListChoice
from console import jobs
from console.access import may, member
from console.asked import whole_from
from console.forms.call_centre import ReasonForm, UploadForm
from console.forms.words import told, told_pair
from console.jobs.kinds.uploads import job_of
from dialer.services.leads_import import LeadsImport

Stage = ListImport.Stage
REJECTS = 100  # on one page


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def list_upload(request: HttpRequest) -> HttpResponse:
    """Take a file in, for a campaign, from a list."""
    corrects = _corrected(request)
    if request.method == "POST":
        form = UploadForm(request.POST, request.FILES, corrects=corrects)
        if form.is_valid() and (taken := _take(request, form, corrects)):
            return _onwards(request, taken)
    else:
        campaign = request.GET.get("campaign", "")
        form = UploadForm(initial={"campaign": campaign}, corrects=corrects)
    return render(
        request, "console/call_centre/lists/upload.html", {"form": form, "corrects": corrects}
    )


def _take(
    request: HttpRequest, form: UploadForm, corrects: ListUpload | None
) -> ListUpload | None:
    given = form.cleaned_data["file"]
    kind = (
        LeadsImport.again(_terms_again(corrects))
        if corrects
        else LeadsImport(campaign=form.cleaned_data["campaign"], choice=form.choice)
    )
    try:
        return upload_take(
            kind=kind,
            file_name=given.name,
            content=given.read(),
            by=member(request),
            now=clock.read(),
            corrects=corrects,
        )
    except (ImportRefusedError, ListFileError) as error:
        form.add_error(None, told(error.words))
        return None


def _terms_again(corrects: ListUpload) -> dict[str, object]:
    """Return the terms of the corrected import; its list has been declared by then."""
    target = corrects.row.target if corrects.row else ""
    if not target:
        return dict(corrects.terms)
    choice = ListChoice(reference=target.removeprefix("list:"))
    return {
        **corrects.terms,
        "list": choice.reference,
        "source": "",
        "collected_by": "",
        "notice": "",
        "collected_on": None,
        "transfer_sha256": "",
    }


def _onwards(request: HttpRequest, taken: ListUpload) -> HttpResponse:
    if taken.mapping is None:
        return redirect("console:list_columns", upload_id=taken.pk)
    jobs.start(request, kind="leads_plan", arguments={"upload": taken.pk})
    return redirect("console:list_import", upload_id=taken.pk)


@require_http_methods(["GET", "POST"])
def list_columns(request: HttpRequest, upload_id: int) -> HttpResponse:
    """Say which column is which; then the file is read in the background."""
    upload = _upload(upload_id)
    if upload.content is None:
        return redirect("console:list_import", upload_id=upload.pk)
    kind = LeadsImport.again(upload.terms)
    keys, problem, status = list(upload.proposed), None, 200
    if request.method == "POST":
        keys = [request.POST.get(f"column-{at}", "") for at in range(len(upload.headings))]
        try:
            upload_map(upload=upload, kind=kind, keys=keys, by=member(request), now=clock.read())
        except (ImportRefusedError, ListFileError) as error:
            problem, status = told(error.words), 422
        else:
            jobs.start(request, kind="leads_plan", arguments={"upload": upload.pk})
            return redirect("console:list_import", upload_id=upload.pk)
    samples = list(zip(*upload.samples, strict=True)) or [()] * len(upload.headings)
    return render(
        request,
        "console/call_centre/lists/columns.html",
        {
            "upload": upload,
            "rows": list(zip(upload.headings, keys, samples, strict=True)),
            "columns": kind.columns,
            "problem": problem or (told_pair(upload.problem) if upload.problem else None),
        },
        status=status,
    )


@require_GET
def list_import(request: HttpRequest, upload_id: int) -> HttpResponse:
    """Show what an import would change, or has changed."""
    return render(request, "console/call_centre/lists/import.html", _shown(request, upload_id))


@require_GET
def list_import_state(request: HttpRequest, upload_id: int) -> HttpResponse:
    """Show the same alone, for the page that is open."""
    return render(
        request, "console/call_centre/lists/import_state.html", _shown(request, upload_id)
    )


@require_POST
def list_apply(request: HttpRequest, upload_id: int) -> HttpResponse:
    """Apply the difference that was shown, in the background."""
    upload = _upload(upload_id)
    if upload.row is not None and upload.row.stage == Stage.PLANNED:
        jobs.start(request, kind="leads_apply", arguments={"upload": upload.pk})
    return redirect("console:list_import", upload_id=upload.pk)


@require_POST
def list_discard(request: HttpRequest, upload_id: int) -> HttpResponse:
    """Let go of an import that waits."""
    upload = _upload(upload_id)
    if upload.row is not None:
        try:
            import_discard(
                kind=LeadsImport.again(upload.terms),
                row=upload.row,
                by=member(request),
                now=clock.read(),
            )
        except ImportRefusedError as error:
            messages.warning(request, told(error.words))
    return redirect("console:list_import", upload_id=upload.pk)


@require_POST
def list_rejects(request: HttpRequest, upload_id: int) -> HttpResponse:
    """Give the rejected rows out as a file, for a reason; they hold full numbers."""
    upload = _upload(upload_id)
    try:
        content = upload_rejects(
            upload=upload,
            kind=LeadsImport.again(upload.terms),
            by=member(request),
            reason=request.POST.get("reason", ""),
            now=clock.read(),
        )
    except ImportRefusedError as error:
        messages.warning(request, told(error.words))
        return redirect("console:list_import", upload_id=upload.pk)
    return HttpResponse(
        content,
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="rejects-{upload.pk}.csv"',
            "Cache-Control": "no-store",
        },
    )


def _corrected(request: HttpRequest) -> ListUpload | None:
    number = whole_from(request.GET.get("corrects", ""))
    return None if number is None else _upload(number)


def _upload(upload_id: int) -> ListUpload:
    rows = ListUpload.objects.light().filter(kind=ListImport.Kind.LEADS)
    return get_object_or_404(rows.select_related("row", "uploaded_by", "corrects"), pk=upload_id)


def _shown(request: HttpRequest, upload_id: int) -> dict[str, object]:
    upload = _upload(upload_id)
    kind = LeadsImport.again(upload.terms)
    first = _first(request)
    rejects = rejects_shown(upload=upload, first=first, most=REJECTS + 1)
    job = job_of(upload.pk)
    return {
        "upload": upload,
        "row": upload.row,
        "done": outcome_of(upload.row) if upload.row else None,
        "campaign": kind.campaign,
        "job": job,
        "at_work": job is not None and job.state in ("waiting", "running"),
        "rejects": rejects[:REJECTS],
        "rejects_next": first + REJECTS if len(rejects) > REJECTS else None,
        "form": ReasonForm(),
        "may_act": may(request.user, "list_apply"),
    }


def _first(request: HttpRequest) -> int:
    return min(whole_from(request.GET.get("from", "")) or 0, 1 << 30)
