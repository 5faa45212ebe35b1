"""Editions of the pack: the list, one with what it changes, and any two side by side."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from compliance import clock
from compliance.denials import DeniedError
from compliance.editions import edition_in_force
from compliance.models import PackEdition
from console.access import may
from console.approvals.flow import AskedBeforeError, propose
from console.jobs.kinds.rules_replay import COUNTS
from console.models import Approval, ReplayReport
from console.selectors.rulebook.editions import changes, edition_rows, has_looser, state_of
from console.templatetags.either import either

LONGEST_KEY = 9


@require_GET
def rulebook_editions(request: HttpRequest) -> HttpResponse:
    """List the editions."""
    return render(
        request,
        "console/rulebook/editions.html",
        {"rows": edition_rows(now=clock.read())},
    )


@require_http_methods(["GET", "POST"])
def rulebook_edition(request: HttpRequest, edition_id: int) -> HttpResponse:
    """Show what an edition changes; a POST asks for a second person once more."""
    rows = PackEdition.objects.select_related("base", "proposer", "approver")
    edition = get_object_or_404(rows, pk=edition_id)
    if request.method == "POST":
        return _ask_again(request, edition)
    now = clock.read()
    found = changes(edition.base, edition) if edition.base else []
    return render(
        request,
        "console/rulebook/edition.html",
        {
            "edition": edition,
            "state": state_of(edition, current=edition_in_force(at=now), now=now),
            "changes": found,
            "looser": has_looser(found),
            "approval": Approval.objects.filter(kind="pack", subject=str(edition.pk)).last(),
            "replays": ReplayReport.objects.filter(edition=edition)
            .select_related("job__owner")
            .order_by("-job__started_at")[:5],
            "counts": COUNTS,
            "may_replay": may(request.user, "rulebook_replay_start"),
        },
    )


@require_GET
def rulebook_diff(request: HttpRequest) -> HttpResponse:
    """Show what is different between two editions."""
    old, new = (_edition(request.GET.get(name, "")) for name in ("old", "new"))
    return render(
        request,
        "console/rulebook/diff.html",
        {
            "old": old,
            "new": new,
            "changes": changes(old, new),
            "editions": PackEdition.objects.order_by("-pk").defer("content"),
        },
    )


def ask_for_approval(request: HttpRequest, edition: PackEdition) -> None:
    """Open the approval; one that waits already is enough."""
    reason = edition.reason[:120]
    summary = (f"规则集 {edition.version}：{reason}", f"Rulebook {edition.version}: {reason}")
    try:
        propose(request, kind="pack", subject=edition.pk, summary=summary)
    except AskedBeforeError:
        return


def _ask_again(request: HttpRequest, edition: PackEdition) -> HttpResponse:
    try:
        if edition.proposer_id is not None and edition.approver_id is None:
            ask_for_approval(request, edition)
    except DeniedError:
        messages.error(request, either("您不能申请批准。", "You cannot ask for its approval."))
    return redirect("console:rulebook_edition", edition_id=edition.pk)


def _edition(text: str) -> PackEdition:
    known = text.isascii() and text.isdecimal() and len(text) <= LONGEST_KEY
    edition = PackEdition.objects.filter(pk=int(text)).first() if known else None
    if edition is None:
        raise Http404
    return edition
