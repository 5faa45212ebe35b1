"""Refusals heard in calls, one refusal with its call, and asking for one to be lifted."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from compliance import clock
from compliance.models import Consent, Permit, Refusal
from compliance.numbers import Words
from compliance.services.refusal_lift import LiftRefusedError, refusal_lift_request
from console.access import may, member
from console.approvals.flow import propose
from console.asked import whole_from
from console.selectors.officer.heard import inbox
from console.templatetags.either import either
from console.trail import note
from dialer.person_records import may_read_all

STANDS = Words(
    "拒绝仍然有效：须为本人在拒绝之后、通话以外另行作出且未撤回的同意，并由无利害关系的人申请。",
    "The refusal stands: it takes the person's own later consent, given outside a call and not "
    "withdrawn, and somebody with no part in the case to ask.",
)


@require_GET
def refusal_inbox(request: HttpRequest) -> HttpResponse:
    """Show what was heard beside what agents said, those that differ first."""
    everything = request.GET.get("show") == "all"
    start = whole_from(request.GET.get("after", ""))
    return render(
        request,
        "console/officer/refusal_inbox.html",
        {
            "inbox": inbox(everything=everything, after=start),
            "everything": everything,
            "first_page": start is None,
        },
    )


@require_GET
def refusal(request: HttpRequest, refusal_id: int) -> HttpResponse:
    """Show one refusal, the call it was heard in, and what could lift it."""
    row = _row(request, refusal_id)
    consents = Consent.objects.standing().filter(person=row.person, given_at__gt=row.recorded_at)
    return render(
        request,
        "console/officer/refusal.html",
        {
            "refusal": row,
            "call": _call(row),
            "lift": getattr(row, "lift", None),
            "requests": row.lift_requests.select_related("requested_by", "consent").order_by("pk"),
            "consents": consents.select_related("whitelist__principal").order_by("-given_at"),
            "may_lift": may(request.user, "refusal_lift"),
        },
    )


@require_POST
def refusal_lift(request: HttpRequest, refusal_id: int) -> HttpResponse:
    """Ask, as the first of two people, that a later consent lifts the refusal."""
    row, key = _row(request, refusal_id), whole_from(request.POST.get("consent", ""))
    own = Consent.objects.filter(person=row.person)
    consent = None if key is None else own.filter(pk=key).first()
    if consent is None:
        messages.warning(request, either("请选择同意记录。", "Choose a consent."))
        return redirect("console:refusal", refusal_id=row.pk)
    try:
        asked = refusal_lift_request(
            refusal=row, consent=consent, by=member(request), now=clock.read()
        )
    except LiftRefusedError:
        messages.warning(request, either(STANDS.zh, STANDS.en))
        return redirect("console:refusal", refusal_id=row.pk)
    waits = propose(
        request,
        kind="refusal_lift",
        subject=asked.pk,
        summary=(f"解除拒绝 {row.pk}（{row.person.masked}）", f"Lift refusal {row.pk}"),
    )
    return redirect("console:approval", approval_id=waits.pk)


def _row(request: HttpRequest, refusal_id: int) -> Refusal:
    rows = Refusal.objects.select_related("person", "principal", "lift__second_approver")
    row = get_object_or_404(rows, pk=refusal_id)
    if not may_read_all(row.person, member(request)):
        note("access.denied", request=request, obj=f"refusal:{row.pk}", outcome="denied")
        raise PermissionDenied
    return row


def _call(row: Refusal) -> Permit | None:
    kind, _, text = row.evidence.partition(":")
    try:
        key = UUID(text) if kind == "permit" else None
    except ValueError:
        return None
    permits = Permit.objects.select_related("seat", "filing", "attempt")
    return permits.filter(pk=key).first() if key else None
