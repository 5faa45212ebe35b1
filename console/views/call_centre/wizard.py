"""The wizard: from a purpose to a campaign that waits for its second person, step by step."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from compliance import clock
from compliance.models import CampaignFiling
from compliance.selectors.open_hours import open_days
from compliance.services.filing_register import FilingElements, FilingRefusedError
from console.access import member
from console.forms.campaign import FORMS, StepForm
from console.jobs.kinds.preflight import check_job_of
from console.jobs.progress import progress_of
from console.models import Approval, CampaignDraft
from console.selectors.call_centre.lists import campaign_lists
from console.selectors.call_centre.wizard import (
    AFTER,
    FIRST,
    newest_check,
    objections_at,
    objections_of,
    parts_of,
    steps,
)
from console.selectors.explained import reader_language
from console.trail import note
from dialer.services.campaign_register import campaign_register

LAST = "elements"


@require_http_methods(["GET", "POST"])
def campaign_draft(request: HttpRequest, draft_id: int, step: str) -> HttpResponse:
    """Show or answer one step before registration."""
    own = CampaignDraft.objects.filter(author=member(request), discarded_at=None)
    draft = get_object_or_404(own.select_related("filing"), pk=draft_id)
    if step not in FORMS:
        raise Http404
    if draft.filing is not None:
        return redirect("console:campaign", filing_id=draft.filing.pk, step="list")
    if request.method == "POST":
        form = FORMS[step](request.POST, answers=draft.answers)
        if form.is_valid():
            return _answered(request, draft, step, form)
    else:
        form = FORMS[step](answers=draft.answers, initial=draft.answers)
    return _page(request, draft, step, form)


def _answered(
    request: HttpRequest, draft: CampaignDraft, step: str, form: StepForm
) -> HttpResponse:
    now = clock.read()
    with transaction.atomic():
        draft.answers = _kept(draft.answers, step, form.cleaned_data)
        draft.changed_at = now
        draft.save(update_fields=["answers", "changed_at"])
        note("campaign.draft_saved", request=request, obj=f"draft:{draft.pk}", data={"step": step})
    if step == LAST:
        return _register(request, draft, form, now)
    language = reader_language()
    objects = objections_at(draft=draft, step=step, by=member(request), language=language, now=now)
    return redirect(
        "console:campaign_draft", draft_id=draft.pk, step=step if objects else FIRST[step]
    )


def _kept(answers: Mapping[str, Any], step: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return all answers; another purpose or principal needs another script."""
    kept = {**answers, **given}
    changed = any(answers.get(name) != kept.get(name) for name in ("purpose", "principal"))
    if step in ("purpose", "principal") and changed:
        kept.pop("script", None)
    return kept


def _register(
    request: HttpRequest, draft: CampaignDraft, form: StepForm, now: datetime
) -> HttpResponse:
    parts, given = parts_of(draft.answers), draft.answers
    if None in (parts.principal, parts.number, parts.trunk, parts.script):
        return redirect("console:campaign_draft", draft_id=draft.pk, step=_missing(parts))
    elements = FilingElements(
        code=given["code"],
        name=given["name"],
        principal=parts.principal,  # type: ignore[arg-type]
        purpose=parts.purpose,
        caller_number=parts.number,  # type: ignore[arg-type]
        audience=given["audience"],
        content=given["content"],
        contact=given["contact"],
        trunk=parts.trunk,  # type: ignore[arg-type]
        script=parts.script,  # type: ignore[arg-type]
        robot=parts.robot,
        sensitive_data=parts.sensitive,
    )
    try:
        campaign = campaign_register(
            elements=elements,
            ring_seconds=given["ring_seconds"],
            max_attempts=given["max_attempts"],
            author=member(request),
            now=now,
        )
    except FilingRefusedError as error:
        return _page(request, draft, LAST, form, refused=error)
    draft.filing = campaign.filing
    draft.save(update_fields=["filing"])
    return redirect("console:campaign", filing_id=campaign.filing_id, step="list")


def _missing(parts: Any) -> str:
    have = (("principal", parts.principal), ("number", parts.number and parts.trunk))
    return next((step for step, there in have if not there), "script")


def _page(
    request: HttpRequest,
    draft: CampaignDraft,
    step: str,
    form: StepForm,
    *,
    refused: FilingRefusedError | None = None,
) -> HttpResponse:
    language = reader_language()
    objections = (
        objections_of(refused.decision, language=language)
        if refused
        else objections_at(
            draft=draft, step=step, by=member(request), language=language, now=clock.read()
        )
    )
    parts = parts_of(draft.answers)
    return render(
        request,
        "console/call_centre/campaigns/draft.html",
        {
            "draft": draft,
            "step": step,
            "form": form,
            "parts": parts,
            "mandates": parts.principal.mandates.order_by("-pk") if parts.principal else [],
            "objections": objections,
            "refused": refused is not None,
            "steps": steps(draft=draft, filing=None, here=step, language=language),
        },
        status=422 if form.errors or refused else 200,
    )


@require_GET
def campaign(request: HttpRequest, filing_id: int, step: str) -> HttpResponse:
    """Show one step after registration: the list, the hours, the check or the activation."""
    rows = CampaignFiling.objects.exclude(campaign=None).select_related(
        "principal", "caller_number", "trunk", "script", "author", "approver", "campaign"
    )
    filing = get_object_or_404(rows, pk=filing_id)
    if step not in {code for code, _, _ in AFTER}:
        raise Http404
    job = check_job_of(filing.pk)
    waits = Approval.objects.filter(
        kind__in=("campaign", "campaign_resume"),
        subject=str(filing.pk),
        state=Approval.State.OPEN,
    )
    return render(
        request,
        "console/call_centre/campaigns/campaign.html",
        {
            "filing": filing,
            "step": step,
            "lists": campaign_lists(filing) if step == "list" else [],
            "days": open_days(purpose=filing.purpose, now=clock.read()) if step == "hours" else [],
            "check": newest_check(filing),
            "job": job,
            "at_work": job is not None and job.state in ("waiting", "running"),
            "progress": progress_of(job.pk) if job else None,
            "waits": waits.first(),
            "steps": steps(draft=None, filing=filing, here=step, language=reader_language()),
        },
    )
