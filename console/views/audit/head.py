"""The head of the audit tree, since the reader's last visit; checkpoint and verifier to take."""

from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

import audit.verify
from audit.exports.export import FORMATS
from audit.heads import Head, Since, newest_head
from audit.sealing.status import sealing_status
from compliance import clock
from compliance.models import User
from compliance.selectors.sealing import sealing_now
from console.access import may, member
from console.selectors.audit.head import Visit, anchor_standings, remember, visit
from console.trail import note


@require_GET
def audit_head(request: HttpRequest) -> HttpResponse:
    """Show the newest head, held against what this person saw last."""
    head, now = newest_head(), clock.read()
    found = _visit(request, head) if head else None
    return render(
        request,
        "console/audit/head.html",
        {
            "head": head,
            "visit": found,
            "status": sealing_status(),
            "sealing": sealing_now(now=now),
            "anchors": anchor_standings(),
            "may_export": may(request.user, "audit_export"),
            "may_disclose": member(request).role == User.Role.COMPLIANCE,
            "formats": [one for one in FORMATS if one != "jsonl"],
        },
    )


@require_GET
def audit_checkpoint(_request: HttpRequest) -> HttpResponse:
    """Hand out the newest signed checkpoint, to be kept and held against later ones."""
    head = newest_head()
    if head is None:
        raise Http404
    size = head.signed.size
    return HttpResponse(
        head.signed.note,
        content_type="text/plain; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="checkpoint-{size}.txt"'},
    )


@require_GET
def audit_verifier(_request: HttpRequest) -> HttpResponse:
    """Hand out the verifier: one file, which runs anywhere, without us."""
    return HttpResponse(
        Path(audit.verify.__file__).read_bytes(),
        content_type="text/x-python; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="verify.py"'},
    )


def _visit(request: HttpRequest, head: Head) -> Visit:
    """Compare, then keep the head; what contradicts is on the record, and is never kept."""
    user = member(request)
    found = visit(user=user, head=head)
    if found.since is Since.BROKEN:
        before = found.before
        note(
            "audit.contradicted",
            request=request,
            obj=f"checkpoint:{head.signed.epoch}-{head.signed.size}",
            outcome="error",
            data={"seen_size": before.size if before else 0, "size": head.signed.size},
        )
    elif head.keys:
        remember(user=user, head=head, now=clock.read())
    return found
