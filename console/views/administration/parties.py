"""Who calls for whom: the operator with its licences, principals with mandates and documents."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from compliance import clock
from compliance.models import Licence, Mandate, Principal, PrincipalDocument
from compliance.selectors.clock_due import local_day
from console.access import may
from console.selectors.administration.parties import (
    DATA_RULE,
    DOCUMENT_RULE,
    LICENCE_RULE,
    MANDATE_RULE,
    parties_shown,
)
from console.templatetags.either import either
from console.views.administration.party_acts import (
    DOCUMENT_REVOKE,
    LICENCE,
    LICENCE_RENEW,
    MANDATE_END,
    OPERATOR,
    PRINCIPAL,
    PRINCIPAL_ACTS,
)
from console.views.call_centre.acts import Act, act_page

RULES = {
    "licence_rule": LICENCE_RULE,
    "mandate_rule": MANDATE_RULE,
    "document_rule": DOCUMENT_RULE,
    "data_rule": DATA_RULE,
}


@require_GET
def parties(request: HttpRequest) -> HttpResponse:
    """Show all of them, each paper with its clock."""
    now = clock.read()
    operator, principals = parties_shown(now=now)
    return render(
        request,
        "console/administration/parties.html",
        {
            "operator": operator,
            "principals": principals,
            "today": local_day(now),
            "acts": PRINCIPAL_ACTS,
            "may_keep": may(request.user, "principal_register"),
            **RULES,
        },
    )


@require_http_methods(["GET", "POST"])
def operator_record(request: HttpRequest) -> HttpResponse:
    """Register the operator."""
    return _act(request, OPERATOR, None)


@require_http_methods(["GET", "POST"])
def licence_new(request: HttpRequest) -> HttpResponse:
    """Record a licence."""
    return _act(request, LICENCE, None)


@require_http_methods(["GET", "POST"])
def licence_renew(request: HttpRequest, licence_id: int) -> HttpResponse:
    """Record the licence that follows one."""
    return _act(request, LICENCE_RENEW, get_object_or_404(Licence, pk=licence_id))


@require_http_methods(["GET", "POST"])
def principal_new(request: HttpRequest) -> HttpResponse:
    """Register a principal."""
    return _act(request, PRINCIPAL, None)


@require_http_methods(["GET", "POST"])
def principal_act(request: HttpRequest, principal_id: int, what: str) -> HttpResponse:
    """Record a paper of a principal."""
    act = next((one for one in PRINCIPAL_ACTS if one.code == what), None)
    if act is None:
        raise Http404
    row = get_object_or_404(Principal, pk=principal_id)
    return _act(request, act, row, of=row)


@require_http_methods(["GET", "POST"])
def mandate_stop(request: HttpRequest, mandate_id: int) -> HttpResponse:
    """End a mandate before its time."""
    row = get_object_or_404(Mandate.objects.select_related("principal"), pk=mandate_id)
    return _act(request, MANDATE_END, row, of=row.principal, paper=row.contract_number)


@require_http_methods(["GET", "POST"])
def document_stop(request: HttpRequest, document_id: int) -> HttpResponse:
    """Take a document out of use."""
    row = get_object_or_404(PrincipalDocument.objects.select_related("principal"), pk=document_id)
    return _act(request, DOCUMENT_REVOKE, row, of=row.principal, paper=row.number)


def _act(
    request: HttpRequest,
    act: Act,
    subject: object,
    *,
    of: Principal | None = None,
    paper: str = "",
) -> HttpResponse:
    page = reverse("console:parties")
    back = page if of is None else f"{page}#principal-{of.pk}"
    crumbs = [(page, either("主体与许可", "Parties"))]
    if of is not None:
        crumbs.append((back, of.name))
    if paper:
        crumbs.append((back, paper))
    return act_page(request, act, subject=subject, back=back, crumbs=crumbs)
