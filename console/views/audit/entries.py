"""Search the audit trail; one entry with its bytes, its leaf and its proof."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET

from audit.models import AuditEntry
from audit.proofs import NotSealedError, inclusion, newest_checkpoint, tlog_proof
from audit.search import search
from audit.stored_tiles import TileMissingError
from console.selectors.audit.entries import (
    action_groups,
    before_from,
    entry_named,
    lines,
    shown,
    wanted_from,
)
from console.templatetags.either import either

FIELDS = ("action", "actor", "object", "since", "until")


@require_GET
def audit_entries(request: HttpRequest) -> HttpResponse:
    """Show one page of entries, the newest first."""
    if named := request.GET.get("named", "").strip():
        return _by_name(named, request)
    wanted = wanted_from(request.GET)
    found = search(wanted=wanted, before=before_from(request.GET.get("before", "")))
    asked = {name: request.GET.get(name, "").strip() for name in FIELDS}
    given = {name: value for name, value in asked.items() if value}
    return render(
        request,
        "console/audit/entries.html",
        {
            "asked": asked,
            "wanted": wanted,
            "misread": [name for name in given if not getattr(wanted, name)],
            "lines": lines(found.entries),
            "before": found.before,
            "first_page": "before" not in request.GET,
            "query": urlencode(given),
            "actions": action_groups(),
        },
    )


@require_GET
def audit_entry(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Show one entry and everything that there is to check about it."""
    entry = get_object_or_404(AuditEntry.objects.filter(pk=entry_id))
    return render(request, "console/audit/entry.html", {"entry": entry, "shown": shown(entry)})


@require_GET
def audit_proof(_request: HttpRequest, entry_id: int) -> HttpResponse:
    """Hand out the proof of one entry as one file, https://c2sp.org/tlog-proof."""
    try:
        signed = newest_checkpoint()
        proof = inclusion(entry_id=entry_id, size=signed.size)
    except (NotSealedError, TileMissingError) as error:
        raise Http404 from error
    return HttpResponse(
        tlog_proof(proof, signed),
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="entry-{entry_id}.tlog-proof"'},
    )


def _by_name(named: str, request: HttpRequest) -> HttpResponse:
    found = entry_named(named)
    if found is None:
        said = either(
            "没有这样的条目：请写 eid 或封存序号。",
            "There is no such entry: write an eid or a leaf index.",
        )
        messages.warning(request, said)
        return redirect("console:audit_entries")
    return redirect("console:audit_entry", entry_id=found)
