"""The queue of complaints, and taking one in: calls stop first, then the case is open."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods

from compliance import clock
from compliance.models import CampaignFiling, Complaint
from compliance.numbers import Number, NumberProblem, normalise
from compliance.selectors.complaints import complaints_for
from compliance.services.complaint_open import Intake, complaint_open
from console.access import may, member
from console.selectors.officer.complaints import queue
from console.selectors.officer.words import CHANNELS
from console.templatetags.either import either
from console.trail import actor_of

Problems = dict[str, str]
# What came over the public page has a receipt for the complainant, which no officer ever sees.
TAKEN_IN = [code for code in CHANNELS if code != Complaint.Channel.WEB]


@require_GET
def complaints(request: HttpRequest) -> HttpResponse:
    """Show the queue."""
    closed = request.GET.get("show") == "closed"
    return render(
        request,
        "console/officer/complaints.html",
        {
            "queue": queue(
                reader=member(request),
                closed=closed,
                after=request.GET.get("after", ""),
                now=clock.read(),
            ),
            "closed": closed,
            "first_page": not request.GET.get("after"),
            "may_open": may(request.user, "complaint_open"),
        },
    )


@sensitive_post_parameters("number", "summary")
@sensitive_variables("number")
@require_http_methods(["GET", "POST"])
def complaint_open_page(request: HttpRequest) -> HttpResponse:
    """Take a complaint in."""
    problems: Problems = {}
    if request.method == "POST":
        number = _number(request, problems)
        intake = _intake(request, problems)
        if number is not None and not problems:
            return _opened(request, number, intake)
    return render(
        request,
        "console/officer/complaint_open.html",
        {
            "problems": problems,
            "given": {} if not problems else request.POST,
            "channels": [
                (code, either(CHANNELS[code].zh, CHANNELS[code].en)) for code in TAKEN_IN
            ],
            "campaigns": CampaignFiling.objects.order_by("code").values_list("code", "name"),
        },
    )


def _opened(request: HttpRequest, number: Number, intake: Intake) -> HttpResponse:
    opened = complaint_open(
        number=number, intake=intake, actor=actor_of(request), now=clock.read()
    )
    case = opened.complaint
    messages.info(
        request,
        either(
            f"已停止对该号码的一切呼叫，作废许可 {opened.voided_permits} 个；"
            f"投诉 {case.pk} 已受理。",
            f"Every call to the number is stopped, {opened.voided_permits} unused permits are "
            f"void; complaint {case.pk} is open.",
        ),
    )
    if complaints_for(member(request)).filter(pk=case.pk).exists():
        return redirect("console:complaint", case=case.pk)
    return redirect("console:complaints")  # it is about whoever took it in


def _number(request: HttpRequest, problems: Problems) -> Number | None:
    try:
        return normalise(request.POST.get("number", ""))
    except NumberProblem as problem:
        problems["number"] = either(problem.words.zh, problem.words.en)
        return None


def _intake(request: HttpRequest, problems: Problems) -> Intake:
    channel = request.POST.get("channel", "")
    if channel not in TAKEN_IN:
        problems["channel"] = either("请选择来源渠道。", "Choose the channel.")
    code = request.POST.get("campaign", "")
    return Intake(
        channel=channel,
        external_ref=request.POST.get("external_ref", "").strip(),
        summary=request.POST.get("summary", "").strip(),
        received_at=_received(request, problems),
        filing=CampaignFiling.objects.filter(code=code).first() if code else None,
    )


def _received(request: HttpRequest, problems: Problems) -> datetime | None:
    text = request.POST.get("received_at", "")
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        problems["received_at"] = either("时间无法识别。", "This is no time.")
        return None
    return timezone.make_aware(at) if timezone.is_naive(at) else at
