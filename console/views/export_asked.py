"""Ask a second person whether personal data may leave in clear."""

from collections.abc import Mapping

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from compliance.denials import DeniedError
from console.approvals import propose_once
from console.exports import KIND, asked_for
from console.jobs.kinds import KINDS as JOBS
from console.templatetags.either import either
from console.trail import note

REASON_SIGNS = 200


def ask_to_disclose(
    request: HttpRequest, *, job: str, arguments: Mapping[str, object], subject: str, back: str
) -> HttpResponse:
    """Open the approval, or go back to say that a reason is missing.

    :raises PermissionDenied: unless it is a compliance officer
    """
    reason = request.POST.get("reason", "").strip()[:REASON_SIGNS]
    if not reason:
        messages.error(request, either("请写明导出理由。", "Say why it is exported."))
        return redirect(back)
    kind = JOBS[job]
    try:
        asked = propose_once(
            request,
            kind=KIND,
            subject=subject,
            summary=(f"{kind.zh}（含个人信息）", f"{kind.en} (personal data in clear)"),
            asked=asked_for(job=job, arguments=arguments, reason=reason),
        )
    except DeniedError as error:
        note("access.denied", request=request, obj=f"export:{job}", outcome="denied")
        raise PermissionDenied from error
    return redirect("console:approval", approval_id=asked.pk)
