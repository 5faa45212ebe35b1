"""Scripts: the list, one with its versions, a new wording, and asking for its approval."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from compliance import clock
from compliance.models import Principal, ScriptVersion
from compliance.models.words import Purpose
from console.access import may
from console.approvals import propose_once
from console.approvals.kinds.script import subject_of_wording
from console.forms.script import Wording, blank, wording_given, wording_of
from console.selectors.call_centre.scripts import (
    KIND,
    Said,
    campaigns_of,
    changes,
    findings_in,
    findings_of,
    titles,
    versions_of,
    waiting_scripts,
)
from console.selectors.explained import reader_language

LONGEST_KEY = 18


@require_GET
def scripts(request: HttpRequest) -> HttpResponse:
    """Show every script in its newest version, and what waits for approval."""
    return render(
        request,
        "console/call_centre/scripts/scripts.html",
        {
            "titles": titles(),
            "waiting": waiting_scripts(),
            "may_write": may(request.user, "script_new"),
            "may_see": may(request.user, "approval"),
        },
    )


@require_GET
def script(request: HttpRequest, script_id: int) -> HttpResponse:
    """Show one version: its steps, the lint's findings, what changed, who speaks it."""
    row = get_object_or_404(ScriptVersion.objects.select_related(*OF_A_SCRIPT), pk=script_id)
    versions = versions_of(row)
    older = _against(request, row, versions)
    return render(
        request,
        "console/call_centre/scripts/script.html",
        {
            "script": row,
            "versions": versions,
            "older": older,
            "changes": changes(older, row) if older else [],
            "findings": findings_of(row, language=reader_language(), now=clock.read()),
            "campaigns": campaigns_of(row),
            "may_write": may(request.user, "script_new"),
            "may_open": may(request.user, "campaign"),
        },
    )


OF_A_SCRIPT = ("principal", "author", "approver")


@require_http_methods(["GET", "POST"])
def script_new(request: HttpRequest) -> HttpResponse:
    """Write a wording, have the lint read it, and ask for its approval."""
    if request.method == "GET":
        return _form(request, _begun(request), None)
    wording = wording_given(request.POST)
    if wording.wrong:
        return _form(request, wording, None, status=422)
    found = _findings(wording)
    if request.POST.get("what") != "ask":
        return _form(request, wording, found)
    if any(one.stops for one in found):
        return _form(request, wording, found, status=422)
    return _ask(request, wording)


def _ask(request: HttpRequest, wording: Wording) -> HttpResponse:
    asked = propose_once(
        request,
        kind=KIND,
        subject=subject_of_wording(wording.asked),
        summary=(f"核准话术：{wording.title}", f"Approve the script {wording.title}"),
        asked=wording.asked,
    )
    return redirect("console:approval", approval_id=asked.pk)


def _begun(request: HttpRequest) -> Wording:
    """Return an empty form, or the version that the next one begins from."""
    key = request.GET.get("of", "")
    if not (key.isascii() and key.isdecimal() and len(key) <= LONGEST_KEY):
        return blank()
    rows = ScriptVersion.objects.select_related("principal")
    return wording_of(get_object_or_404(rows, pk=int(key)))


def _findings(wording: Wording) -> list[Said]:
    assert wording.principal is not None  # noqa: S101 - it is not wrong
    return list(
        findings_in(
            wording.steps,
            principal=wording.principal,
            purpose=wording.purpose,
            language=reader_language(),
            now=clock.read(),
        )
    )


def _form(
    request: HttpRequest, wording: Wording, found: list[Said] | None, *, status: int = 200
) -> HttpResponse:
    chosen = str(wording.principal.pk) if wording.principal else ""
    names = Principal.objects.order_by("name").values_list("pk", "name")
    return render(
        request,
        "console/call_centre/scripts/edit.html",
        {
            "wording": wording,
            "wrong": dict(wording.wrong),
            "findings": found,
            "fit": found is not None and not any(one.stops for one in found),
            "principals": [("", "—"), *((str(pk), name) for pk, name in names)],
            "principal": chosen,
            "purposes": [("", "—"), *Purpose.choices],
        },
        status=status,
    )


def _against(
    request: HttpRequest, row: ScriptVersion, versions: Sequence[ScriptVersion]
) -> ScriptVersion | None:
    """Return the version that this one is held against: the one asked for, or the one before."""
    key = request.GET.get("against", "")
    if key:
        return next((one for one in versions if str(one.pk) == key and one.pk != row.pk), None)
    return next((one for one in versions if one.version < row.version), None)
