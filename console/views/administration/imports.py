"""Lists of consents and of refusals: uploaded, mapped, the difference seen, then applied."""

from collections.abc import Mapping
from types import MappingProxyType

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from compliance import clock
from compliance.imports.apply import import_discard
from compliance.imports.given_back import rejects_shown, upload_rejects
from compliance.imports.kind import ImportKind
from compliance.imports.mapping import upload_map
from compliance.imports.outcome import ImportRefusedError, outcome_of
from compliance.imports.uploads import upload_take
from compliance.lists import ListFileError
from compliance.models import ListImport, ListUpload, Principal
from compliance.models.words import ConsentBasis, Purpose
from compliance.services.consents_import import ConsentsImport
from compliance.services.refusals_import import RefusalsImport
from console import jobs
from console.access import may, member
from console.forms.words import said, told, told_pair
from console.jobs.kinds.uploads import job_of

IMPORTERS: Mapping[str, type[ImportKind]] = MappingProxyType(
    {ListImport.Kind.CONSENTS: ConsentsImport, ListImport.Kind.REFUSALS: RefusalsImport}
)
NEWEST, REJECTS = 50, 100


class ConsentsForm(forms.Form):
    """A file of consents: towards whom, and for what."""

    file = forms.FileField(label=said("文件（CSV、TSV 或 XLSX）", "File (CSV, TSV or XLSX)"))
    principal = forms.ModelChoiceField(
        label=said("委托主体", "Principal"), queryset=Principal.objects.none()
    )
    purpose = forms.ChoiceField(label=said("目的", "Purpose"), choices=Purpose.choices)
    basis = forms.ChoiceField(label=said("依据", "Basis"), choices=ConsentBasis.choices)


class RefusalsForm(forms.Form):
    """A file of refusals; without a principal every one is towards everybody."""

    file = forms.FileField(label=said("文件（CSV、TSV 或 XLSX）", "File (CSV, TSV or XLSX)"))
    principal = forms.ModelChoiceField(
        label=said("委托主体（空：对所有人）", "Principal (none: towards everybody)"),
        queryset=Principal.objects.none(),
        required=False,
    )


FORMS: Mapping[str, type[forms.Form]] = MappingProxyType(
    {ListImport.Kind.CONSENTS: ConsentsForm, ListImport.Kind.REFUSALS: RefusalsForm}
)


@require_GET
def imports(request: HttpRequest) -> HttpResponse:
    """Show the newest uploads."""
    rows = ListUpload.objects.light().filter(kind__in=list(IMPORTERS))
    return render(
        request,
        "console/administration/imports.html",
        {
            "uploads": rows.select_related("row", "uploaded_by").order_by("-pk")[:NEWEST],
            "may_upload": may(request.user, "import_upload"),
        },
    )


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def import_upload(request: HttpRequest, what: str) -> HttpResponse:
    """Take a file in."""
    if what not in IMPORTERS:
        raise Http404
    form = FORMS[what](request.POST or None, request.FILES or None)
    chosen = form.fields["principal"]
    assert isinstance(chosen, forms.ModelChoiceField)  # noqa: S101 - narrows the type only
    chosen.queryset = Principal.objects.order_by("name")
    if request.method == "POST" and form.is_valid():
        taken = _take(request, what, form)
        if taken is not None:
            return _onwards(request, taken)
    status = 422 if form.errors else 200
    shown = {"form": form, "what": what}
    return render(request, "console/administration/import_upload.html", shown, status=status)


def _take(request: HttpRequest, what: str, form: forms.Form) -> ListUpload | None:
    given = dict(form.cleaned_data)
    file = given.pop("file")
    try:
        return upload_take(
            kind=IMPORTERS[what](**given),
            file_name=file.name,
            content=file.read(),
            by=member(request),
            now=clock.read(),
        )
    except (ImportRefusedError, ListFileError) as error:
        form.add_error(None, told(error.words))
        return None


def _onwards(request: HttpRequest, taken: ListUpload) -> HttpResponse:
    if taken.mapping is None:
        return redirect("console:import_columns", upload_id=taken.pk)
    jobs.start(request, kind=f"{taken.kind}_plan", arguments={"upload": taken.pk})
    return redirect("console:import", upload_id=taken.pk)


@require_http_methods(["GET", "POST"])
def import_columns(request: HttpRequest, upload_id: int) -> HttpResponse:
    """Say which column is which; then the file is read in the background."""
    upload = _upload(upload_id)
    if upload.content is None:
        return redirect("console:import", upload_id=upload.pk)
    kind = IMPORTERS[upload.kind].again(upload.terms)
    keys, problem, status = list(upload.proposed), None, 200
    if request.method == "POST":
        keys = [request.POST.get(f"column-{at}", "") for at in range(len(upload.headings))]
        try:
            upload_map(upload=upload, kind=kind, keys=keys, by=member(request), now=clock.read())
        except (ImportRefusedError, ListFileError) as error:
            problem, status = told(error.words), 422
        else:
            upload.refresh_from_db()
            return _onwards(request, upload)
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
def import_one(request: HttpRequest, upload_id: int) -> HttpResponse:
    """Show what an import would change, or has changed."""
    upload = _upload(upload_id)
    job = job_of(upload.pk)
    return render(
        request,
        "console/administration/import.html",
        {
            "upload": upload,
            "row": upload.row,
            "done": outcome_of(upload.row) if upload.row else None,
            "job": job,
            "at_work": job is not None and job.state in ("waiting", "running"),
            "rejects": rejects_shown(upload=upload, first=0, most=REJECTS),
            "may_act": may(request.user, "import_apply"),
        },
    )


@require_POST
def import_agree(request: HttpRequest, upload_id: int) -> HttpResponse:
    """Apply the difference that was shown, in the background."""
    upload = _upload(upload_id)
    if upload.row is not None and upload.row.stage == ListImport.Stage.PLANNED:
        jobs.start(request, kind=f"{upload.kind}_apply", arguments={"upload": upload.pk})
    return redirect("console:import", upload_id=upload.pk)


@require_POST
def import_let_go(request: HttpRequest, upload_id: int) -> HttpResponse:
    """Let go of an import that waits."""
    upload = _upload(upload_id)
    kind = IMPORTERS[upload.kind].again(upload.terms)
    if upload.row is not None:
        try:
            import_discard(kind=kind, row=upload.row, by=member(request), now=clock.read())
        except ImportRefusedError as error:
            messages.warning(request, told(error.words))
    return redirect("console:import", upload_id=upload.pk)


@require_POST
def import_rejects(request: HttpRequest, upload_id: int) -> HttpResponse:
    """Give the rejected rows out as a file, for a reason; they hold full numbers."""
    upload = _upload(upload_id)
    try:
        content = upload_rejects(
            upload=upload,
            kind=IMPORTERS[upload.kind].again(upload.terms),
            by=member(request),
            reason=request.POST.get("reason", ""),
            now=clock.read(),
        )
    except ImportRefusedError as error:
        messages.warning(request, told(error.words))
        return redirect("console:import", upload_id=upload.pk)
    name = f'attachment; filename="rejects-{upload.pk}.csv"'
    return HttpResponse(
        content,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": name, "Cache-Control": "no-store"},
    )


def _upload(upload_id: int) -> ListUpload:
    rows = ListUpload.objects.light().filter(kind__in=list(IMPORTERS))
    return get_object_or_404(rows.select_related("row", "uploaded_by"), pk=upload_id)
