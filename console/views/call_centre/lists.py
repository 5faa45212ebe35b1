"""The pages of lists: which there are, how old they are, and holding one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from compliance import clock
from compliance.models import ContactList
from compliance.services.list_stop import ListNotOpenError, list_hold
from console.access import may, member
from console.forms.call_centre import ReasonForm
from console.selectors.call_centre.lists import (
    campaigns_of,
    list_shown,
    lists_shown,
    uploads_shown,
)
from console.templatetags.either import either

HELD_BY_HAND = "LST-10"  # the cause that the record needs: somebody doubts where it comes from
LONGEST_KEY = 18


@require_GET
def lists(request: HttpRequest) -> HttpResponse:
    """Show the lists and the newest uploads."""
    before = request.GET.get("before", "")
    whole = before.isascii() and before.isdecimal() and len(before) <= LONGEST_KEY
    shown, more = lists_shown(now=clock.read(), before=int(before) if whole else None)
    return render(
        request,
        "console/call_centre/lists/lists.html",
        {
            "lists": shown,
            "more": more,
            "uploads": [] if whole else uploads_shown(),
            "may_upload": may(request.user, "list_upload"),
        },
    )


@require_GET
def one_list(request: HttpRequest, list_id: int) -> HttpResponse:
    """Show one list: its declaration, its age, who takes people from it."""
    return _page(request, _list(list_id), ReasonForm())


@require_POST
def hold(request: HttpRequest, list_id: int) -> HttpResponse:
    """Hold a list until somebody in compliance has looked; anybody may."""
    row, form = _list(list_id), ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, row, form)
    try:
        list_hold(
            contact_list=row,
            cause=HELD_BY_HAND,
            reason=form.cleaned_data["reason"],
            by=member(request),
            now=clock.read(),
        )
    except ListNotOpenError:
        messages.warning(request, either("该名单已经停用。", "The list is stopped already."))
    return redirect("console:list", list_id=row.pk)


def _list(list_id: int) -> ContactList:
    rows = ContactList.objects.select_related(
        "principal", "declared_by", "released_by", "assessment"
    )
    return get_object_or_404(rows, pk=list_id)


def _page(request: HttpRequest, row: ContactList, form: ReasonForm) -> HttpResponse:
    return render(
        request,
        "console/call_centre/lists/list.html",
        {
            "one": list_shown(row, now=clock.read()),
            "campaigns": campaigns_of(row),
            "uploads": uploads_shown(target=f"list:{row.pk}"),
            "form": form,
            "may_upload": may(request.user, "list_upload"),
        },
    )
