"""One case: what it is about, its history, the next step."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from compliance import clock
from compliance.models import CampaignFiling, Complaint, ComplaintEvent, Seat, User
from compliance.numbers import Words
from compliance.selectors.complaints import complaints_for
from compliance.services.complaint_accuse import AccuseRefusedError, complaint_accuse
from compliance.services.complaint_step import (
    HUMAN,
    ComplaintStepError,
    complaint_seen_by,
    complaint_step,
)
from console.access import may, member
from console.selectors.officer.complaints import calls_of, case_of, handlers_for
from console.templatetags.either import either

Kind = ComplaintEvent.Kind
STEPS = HUMAN | {Kind.CLOSED}
DIGEST_SIGNS = 64
REFUSED = Words(
    "不予办理：此步骤不由您办理，或案卷现状不允许（例如尚未认定、尚未答复，或已认定、已办结）。",
    "Refused: the step is not yours to take, or not open to the case as it stands (not found or "
    "answered yet, or found or closed already).",
)


@require_GET
def complaint(request: HttpRequest, case: int) -> HttpResponse:
    """Show one case to whoever has no part in it."""
    row, reader = complaint_seen(request, case), member(request)
    shown = case_of(row, now=clock.read())
    return render(
        request,
        "console/officer/complaint.html",
        {
            "case": shown,
            "complaint": row,
            "events": row.events.select_related("by", "handler").order_by("pk"),
            "accused": row.accused.select_related(
                "seat", "agent", "filing", "principal", "trunk", "permit"
            ).order_by("pk"),
            "calls": calls_of(row),
            "suspensions": row.suspensions.order_by("pk"),
            "may_step": may(reader, "complaint_step") and bool(shown.next),
            "may_pack": may(reader, "complaint_pack"),
            "is_compliance": reader.role == User.Role.COMPLIANCE,
            "handlers": handlers_for(row),
            "seats": Seat.objects.order_by("code").values_list("code", flat=True),
            "campaigns": CampaignFiling.objects.order_by("code").values_list("code", "name"),
        },
    )


@require_POST
def complaint_step_page(request: HttpRequest, case: int) -> HttpResponse:
    """Take one step; the database says whether it is open to this person and the case."""
    row, by, kind = complaint_seen(request, case), member(request), request.POST.get("kind", "")
    handler = _handler(request, row) if kind == Kind.ASSIGNED else None
    if kind not in STEPS or (kind == Kind.ASSIGNED and handler is None):
        messages.warning(request, either("请选择经办人。", "Choose a handler."))
        return redirect("console:complaint", case=case)
    try:
        complaint_step(
            complaint=row,
            kind=kind,
            by=by,
            handler=handler,
            note=request.POST.get("note", "").strip(),
            sha256=request.POST.get("sha256", "").strip().lower()[:DIGEST_SIGNS],
            now=clock.read(),
        )
    except ComplaintStepError:
        messages.warning(request, either(REFUSED.zh, REFUSED.en))
    else:
        _tell_of_suspensions(request, row)
    return redirect("console:complaint", case=case)


@require_POST
def complaint_accuse_page(request: HttpRequest, case: int) -> HttpResponse:
    """Name somebody else whom the investigation found."""
    row = complaint_seen(request, case)
    seat = Seat.objects.filter(code=request.POST.get("seat", "")).first()
    filing = CampaignFiling.objects.filter(code=request.POST.get("campaign", "")).first()
    if seat is None and filing is None:
        messages.warning(request, either("请选择坐席或任务。", "Choose a seat or a campaign."))
        return redirect("console:complaint", case=case)
    try:
        complaint_accuse(
            complaint=row, by=member(request), now=clock.read(), seat=seat, filing=filing
        )
    except AccuseRefusedError:
        messages.warning(request, either(REFUSED.zh, REFUSED.en))
    return redirect("console:complaint", case=case)


def complaint_seen(request: HttpRequest, case: int) -> Complaint:
    """Return the case; to whoever has a part in it there is none, and the attempt is on record."""
    try:
        return complaint_seen_by(complaint_id=case, user=member(request), now=clock.read())
    except ComplaintStepError as error:
        raise Http404 from error


def _handler(request: HttpRequest, row: Complaint) -> User | None:
    found = User.objects.filter(username=request.POST.get("handler", ""), is_active=True).first()
    if found is None or not complaints_for(found).filter(pk=row.pk).exists():
        return None
    return found


def _tell_of_suspensions(request: HttpRequest, row: Complaint) -> None:
    begun = row.suspensions.filter(resumption=None).count()
    if begun:
        messages.info(
            request,
            either(
                f"本案已暂停外呼 {begun} 项。", f"This case has suspended {begun} of the calling."
            ),
        )
