"""How long records are kept, what may go and what has to, and legal holds."""

from datetime import date

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from audit.models import AuditLegalHold
from audit.services.legal_hold import HoldError, hold_place
from compliance import clock
from compliance.models import RetentionCertificate
from compliance.services.retention_run import retention_run
from console.access import may
from console.approvals import propose_once
from console.templatetags.either import either
from console.trail import actor_of

CERTIFICATES = 20


class HoldForm(forms.Form):
    """Which days, and why."""

    since = forms.DateField()
    until = forms.DateField()
    reason = forms.CharField(max_length=400)


@require_GET
def retention(request: HttpRequest) -> HttpResponse:
    """Show the classes as a rehearsal finds them, the holds and the newest certificates."""
    rehearsed = retention_run(dry_run=True, actor=actor_of(request), now=clock.read())
    return render(
        request,
        "console/administration/retention.html",
        {
            "classes": rehearsed.figures["classes"],
            "holds": AuditLegalHold.objects.order_by("lifted_at", "-placed_at"),
            "certificates": RetentionCertificate.objects.order_by("-pk")[:CERTIFICATES],
            "may_hold": may(request.user, "hold_place"),
        },
    )


@require_POST
def hold_set(request: HttpRequest) -> HttpResponse:
    """Hold the entries of some days; one person may, lifting takes two."""
    form = HoldForm(request.POST)
    if not form.is_valid():
        messages.error(request, either("请写明原因和起止日期。", "Say why, and which days."))
        return redirect("console:retention")
    said: dict[str, date | str] = form.cleaned_data
    try:
        hold_place(**said, by=actor_of(request), now=clock.read())  # type: ignore[arg-type]
    except HoldError:
        messages.error(request, either("结束日早于开始日。", "The days end before they begin."))
    return redirect("console:retention")


@require_POST
def hold_lift_ask(request: HttpRequest, hold_id: int) -> HttpResponse:
    """Ask a second person to lift a hold."""
    hold = get_object_or_404(AuditLegalHold, pk=hold_id, lifted_at=None)
    reason = request.POST.get("reason", "").strip()
    if not reason:
        messages.error(request, either("请写明原因。", "Say why."))
        return redirect("console:retention")
    days = f"{hold.since} – {hold.until}"
    asked = propose_once(
        request,
        kind="hold_lift",
        subject=hold.pk,
        summary=(f"解除法律保全 {days}", f"Lift the legal hold {days}"),
        asked={"reason": reason[:400]},
    )
    return redirect("console:approval", approval_id=asked.pk)
