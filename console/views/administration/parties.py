"""Who calls for whom: the operator with its licences, principals with mandates and documents."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from compliance import clock
from compliance.models import Operator, Principal
from compliance.selectors.clock_due import local_day


@require_GET
def parties(request: HttpRequest) -> HttpResponse:
    """Show all of them; a paper that has run out is marked."""
    principals = Principal.objects.prefetch_related("mandates", "documents").order_by("name")
    return render(
        request,
        "console/administration/parties.html",
        {
            "operator": Operator.objects.prefetch_related("licences").first(),
            "principals": principals,
            "today": local_day(clock.read()),
        },
    )
