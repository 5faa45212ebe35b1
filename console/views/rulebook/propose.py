"""Propose an edition from a rule's own page, after trying it on what was decided."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from compliance import clock
from compliance.rulebook.bound import PackError
from compliance.services.pack_propose import CannotProposeError, pack_propose
from console.access import member
from console.jobs import start
from console.jobs.kinds.rules_replay import COUNTS, KIND, arguments_of
from console.selectors.rulebook.rule import rule_page
from console.templatetags.either import either
from console.views.rulebook.editions import ask_for_approval
from console.views.rulebook.proposal_form import Proposal, read, suggested


@require_http_methods(["GET", "POST"])
def rulebook_propose(request: HttpRequest, rule_id: str) -> HttpResponse:
    """Show the form; a POST tries the change, or proposes it."""
    now = clock.read()
    try:
        page = rule_page(rule_id, now=now)
    except LookupError as error:
        raise Http404 from error
    if request.method == "GET":
        return _form(request, page, suggested(rule_id, now=now))
    proposal = read(rule_id, request.POST, now=now)
    at = proposal.effective_from
    if proposal.errors or at is None:
        return _form(request, page, proposal)
    if "replay" in request.POST:
        last = int(request.POST.get("last", "0")) if _whole(request.POST.get("last", "")) else 0
        job = start(request, kind=KIND, arguments=arguments_of(last=last, change=proposal.change))
        return redirect("console:job", job_id=job.pk)
    return _propose(request, page, proposal, at)


def _propose(
    request: HttpRequest, page: Any, proposal: Proposal, effective_from: datetime
) -> HttpResponse:
    try:
        edition = pack_propose(
            change=proposal.change,
            effective_from=effective_from,
            reason=proposal.reason,
            proposer=member(request),
            now=clock.read(),
        )
    except (CannotProposeError, PackError) as error:
        refused = either(f"规则集不接受这个提案：{error}", f"The rulebook refuses it: {error}")
        proposal.errors[""] = refused
        return _form(request, page, proposal)
    ask_for_approval(request, edition)
    return redirect("console:rulebook_edition", edition_id=edition.pk)


def _form(request: HttpRequest, page: Any, proposal: Proposal) -> HttpResponse:
    return render(
        request,
        "console/rulebook/propose.html",
        {"page": page, "proposal": proposal, "counts": COUNTS},
    )


def _whole(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 10  # noqa: PLR2004 - no such number
