"""The pages of filed numbers: the registry, one number, and what can be done about it."""

from collections.abc import Sequence

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from compliance import clock
from compliance.models import CallerNumber
from compliance.selectors.clock_due import local_day
from compliance.workdays import FILING_WORKDAYS, nth_workday_after
from console.access import may
from console.selectors.call_centre.numbers import CAP_RULE, LETTERS, changes_of, numbers_shown
from console.templatetags.either import either
from console.views.call_centre.acts import act_page
from console.views.call_centre.number_acts import FILE, NUMBER_ACTS

OPENS = ("live", "decisions", "audit_entries", "campaigns")
ONCE_CLOSED = {"mark", "receipt"}  # what is still recorded of a number out of use


@require_GET
def numbers(request: HttpRequest) -> HttpResponse:
    """Show every filed number with its clocks and what it has called."""
    now = clock.read()
    return render(
        request,
        "console/call_centre/lines/numbers.html",
        {
            "numbers": numbers_shown(now=now),
            "today": local_day(now),
            "cap_rule": CAP_RULE,
            "may_file": may(request.user, "number_file"),
        },
    )


@require_GET
def number(request: HttpRequest, number_id: int) -> HttpResponse:
    """Show one number: its papers, its clocks, the campaigns that show it."""
    now = clock.read()
    shown = next(iter(numbers_shown(now=now, only=number_id)), None)
    if shown is None:
        raise Http404
    row = shown.row
    changes = row.changes.order_by("-changed_on", "-pk")
    return render(
        request,
        "console/call_centre/lines/number.html",
        {
            "one": shown,
            "today": local_day(now),
            "cap_rule": CAP_RULE,
            "letters": [(LETTERS[one.kind], one) for one in row.letters.order_by("-pk")],
            "changes": [
                (one, nth_workday_after(one.changed_on, count=FILING_WORKDAYS)) for one in changes
            ],
            "callbacks": row.callbacks.order_by("-tested_on", "-pk")[:10],
            "replaced": changes_of(row),
            "acts": _acts(row) if may(request.user, "number_act") else (),
            "may": {name: may(request.user, name) for name in OPENS},
        },
    )


@require_http_methods(["GET", "POST"])
def number_file(request: HttpRequest) -> HttpResponse:
    """File a number."""
    return act_page(
        request, FILE, subject=None, back=reverse("console:numbers"), crumbs=[_numbers()]
    )


@require_http_methods(["GET", "POST"])
def number_act(request: HttpRequest, number_id: int, what: str) -> HttpResponse:
    """Do one thing about a number."""
    row = get_object_or_404(CallerNumber.objects.select_related("operator"), pk=number_id)
    act = next((one for one in NUMBER_ACTS if one.code == what), None)
    if act is None:
        raise Http404
    back = reverse("console:number", kwargs={"number_id": row.pk})
    return act_page(request, act, subject=row, back=back, crumbs=[_numbers(), (back, row.number)])


def _acts(row: CallerNumber) -> Sequence[object]:
    unfiled = row.changes.filter(filed_on=None).exists()
    return [
        act
        for act in NUMBER_ACTS
        if (row.callout_opened or act.code in ONCE_CLOSED) and (unfiled or act.code != "receipt")
    ]


def _numbers() -> tuple[str, str]:
    return reverse("console:numbers"), either("备案号码", "Filed numbers")
