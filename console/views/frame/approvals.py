"""What needs a second person: the list, one of them, and the decision."""

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from console.access import member
from console.approvals.flow import (
    NotASecondPersonError,
    carry_out,
    decide,
    kind_of,
    may_decide,
    subject_of,
)
from console.approvals.kind import Shown
from console.browser_mark import browser_of
from console.models import Approval, Vote
from console.selectors.frame.approvals import listed
from console.templatetags.either import either

VERDICTS = {"approve": Vote.Verdict.APPROVED, "reject": Vote.Verdict.REJECTED}


@require_GET
def approvals(request: HttpRequest) -> HttpResponse:
    """Show what waits for the reader, what the reader asked for, and what was decided."""
    return render(
        request, "console/frame/approvals.html", {"listed": listed(reader=member(request))}
    )


@require_GET
def approval(request: HttpRequest, approval_id: int) -> HttpResponse:
    """Show one."""
    return _page(request, _of_reader(request, approval_id))


@require_POST
def approval_decide(request: HttpRequest, approval_id: int) -> HttpResponse:
    """Approve it or turn it down; turning down takes a reason."""
    asked = _of_reader(request, approval_id)
    verdict = VERDICTS.get(request.POST.get("verdict", ""))
    reason = request.POST.get("reason", "").strip()
    if verdict is None or (verdict == Vote.Verdict.REJECTED and not reason):
        return _page(request, asked, wrong="reason")
    return _vote(request, asked, verdict, reason)


@require_POST
def approval_withdraw(request: HttpRequest, approval_id: int) -> HttpResponse:
    """Take back what one asked for."""
    return _vote(request, _of_reader(request, approval_id), Vote.Verdict.WITHDRAWN, "")


@require_POST
def approval_again(request: HttpRequest, approval_id: int) -> HttpResponse:
    """Carry out what the reader approved, when a kill or a refusal came between.

    :raises Http404: unless it is approved, by the reader, and not carried out
    """
    asked = _of_reader(request, approval_id)
    approved = asked.votes.filter(by=member(request), verdict=Vote.Verdict.APPROVED)
    if asked.carried_out_at or not approved.exists():
        raise Http404
    carry_out(request, approval=asked)
    return redirect("console:approval", approval_id=asked.pk)


def _of_reader(request: HttpRequest, approval_id: int) -> Approval:
    found = get_object_or_404(Approval.objects.select_related("proposer"), pk=approval_id)
    reader = member(request)
    concerned = kind_of(found).proposers | set(found.roles)  # whoever asks the same is led here
    if reader.pk != found.proposer_id and reader.role not in concerned:
        raise Http404
    return found


def _vote(request: HttpRequest, asked: Approval, verdict: str, reason: str) -> HttpResponse:
    try:
        decide(request, approval=asked, verdict=verdict, reason=reason)
    except NotASecondPersonError:
        messages.error(
            request,
            either(
                "未受理：需要由另一人、在另一浏览器中决定，且该事项尚未决定。此次尝试已记录。",
                "Not accepted: another person, in another browser, has to decide it, and it"
                " must be open. The attempt is on the record.",
            ),
        )
    return redirect("console:approval", approval_id=asked.pk)


def _page(request: HttpRequest, asked: Approval, wrong: str = "") -> HttpResponse:
    reader, kind = member(request), kind_of(asked)
    votes = list(asked.votes.select_related("by").order_by("pk"))
    open_still = asked.state == Approval.State.OPEN
    approved = any(v.by_id == reader.pk and v.verdict == Vote.Verdict.APPROVED for v in votes)
    return render(
        request,
        "console/frame/approval.html",
        {
            "approval": asked,
            "kind": kind,
            "shown": _shown(asked),
            "votes": votes,
            "may_decide": open_still and may_decide(reader, asked),
            "same_browser": browser_of(request) == asked.browser,
            "may_withdraw": open_still and reader.pk == asked.proposer_id,
            "may_repeat": approved and not asked.carried_out_at,
            "wrong": wrong,
        },
        status=422 if wrong else 200,
    )


def _shown(asked: Approval) -> Shown | None:
    try:
        return kind_of(asked).shown(subject_of(asked))
    except (ObjectDoesNotExist, ValueError):  # it is gone, which the page says
        return None
