"""Campaigns: which there are, drafts, and what one person may stop and only two let go on."""

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from compliance import clock
from compliance.models import CampaignFiling
from compliance.services.filing_pause import CampaignStateError, filing_pause
from console import jobs
from console.access import may, member
from console.approvals import propose_once
from console.models import CampaignDraft
from console.selectors.explained import reader_language
from console.selectors.refused_campaigns import refused_campaigns
from console.templatetags.either import either
from console.trail import actor_of, note
from dialer.models import Campaign

SHOWN = 100
LONGEST_REASON = 500


@require_GET
def campaigns(request: HttpRequest) -> HttpResponse:
    """Show every campaign, the reader's drafts, and what the rulebook refused."""
    rows = Campaign.objects.select_related(
        *(f"filing__{name}" for name in ("principal", "caller_number", "author", "approver"))
    ).annotate(people=Count("leads"))
    drafts = CampaignDraft.objects.filter(author=member(request), filing=None, discarded_at=None)
    return render(
        request,
        "console/call_centre/campaigns/campaigns.html",
        {
            "campaigns": rows.order_by("-pk")[:SHOWN],
            "drafts": drafts.order_by("-changed_at")[:SHOWN],
            "refused_campaigns": refused_campaigns(language=reader_language()),
            "may_begin": may(request.user, "campaign_new"),
        },
    )


@require_POST
def campaign_new(request: HttpRequest) -> HttpResponse:
    """Begin a draft."""
    now = clock.read()
    draft = CampaignDraft.objects.create(author=member(request), made_at=now, changed_at=now)
    note("campaign.draft_saved", request=request, obj=f"draft:{draft.pk}", data={"step": "new"})
    return redirect("console:campaign_draft", draft_id=draft.pk, step="purpose")


@require_POST
def campaign_discard(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Let go of a draft that was not registered."""
    own = CampaignDraft.objects.filter(author=member(request), filing=None, discarded_at=None)
    draft = get_object_or_404(own, pk=draft_id)
    draft.discarded_at = clock.read()
    draft.save(update_fields=["discarded_at"])
    note("campaign.draft_discarded", request=request, obj=f"draft:{draft.pk}")
    return redirect("console:campaigns")


@require_POST
def campaign_check(request: HttpRequest, filing_id: int) -> HttpResponse:
    """Ask in the background how many of its people could be called."""
    filing = _filing(filing_id)
    jobs.start(request, kind="preflight", arguments={"filing": filing.pk})
    return redirect("console:campaign", filing_id=filing.pk, step="check")


@require_POST
def campaign_ask(request: HttpRequest, filing_id: int) -> HttpResponse:
    """Ask a second person to let a registered campaign run."""
    filing = _filing(filing_id)
    if filing.state != CampaignFiling.State.DRAFT:
        messages.warning(request, either("该任务已启用过。", "It was activated already."))
        return redirect("console:campaign", filing_id=filing.pk, step="activation")
    return _propose(request, filing, "campaign", ("启用外呼任务", "Activate"), {})


@require_POST
def campaign_pause(request: HttpRequest, filing_id: int) -> HttpResponse:
    """Stop new calls at once; one person may."""
    filing, reason = _filing(filing_id), _reason(request)
    if reason:
        try:
            filing_pause(filing=filing, actor=actor_of(request), reason=reason, now=clock.read())
        except CampaignStateError:
            messages.warning(request, either("该任务没有在运行。", "The campaign is not running."))
    return redirect("console:campaign", filing_id=filing.pk, step="activation")


@require_POST
def campaign_resume(request: HttpRequest, filing_id: int) -> HttpResponse:
    """Ask a second person to let a paused campaign go on."""
    filing, reason = _filing(filing_id), _reason(request)
    if not reason or filing.state != CampaignFiling.State.PAUSED:
        messages.warning(
            request,
            either(
                "请写明理由；只有暂停的任务可以恢复。",
                "Give a reason; only what is paused resumes.",
            ),
        )
        return redirect("console:campaign", filing_id=filing.pk, step="activation")
    return _propose(
        request, filing, "campaign_resume", ("恢复外呼任务", "Resume"), {"reason": reason}
    )


def _propose(
    request: HttpRequest,
    filing: CampaignFiling,
    kind: str,
    words: tuple[str, str],
    asked: dict[str, object],
) -> HttpResponse:
    zh, en = words
    approval = propose_once(
        request,
        kind=kind,
        subject=filing.pk,
        summary=(f"{zh}：{filing.name}", f"{en}: {filing.name}"),
        asked=asked,
    )
    return redirect("console:approval", approval_id=approval.pk)


def _reason(request: HttpRequest) -> str:
    reason = request.POST.get("reason", "").strip()[:LONGEST_REASON]
    if not reason:
        messages.warning(request, either("请写明理由。", "Give a reason."))
    return reason


def _filing(filing_id: int) -> CampaignFiling:
    return get_object_or_404(CampaignFiling.objects.exclude(campaign=None), pk=filing_id)
