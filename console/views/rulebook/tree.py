"""The rulebook in force as a tree, and one rule of it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from compliance import clock
from console.access import may
from console.selectors.rulebook.rule import rule_page
from console.selectors.rulebook.tree import tree


@require_GET
def rulebook(request: HttpRequest) -> HttpResponse:
    """Show pack, families and rules with what each did."""
    found = tree(now=clock.read())
    asked = request.GET.get("family", "")
    return render(
        request,
        "console/rulebook/tree.html",
        {
            "tree": found,
            "open": asked,
            "may_editions": may(request.user, "rulebook_editions"),
        },
    )


@require_GET
def rulebook_rule(request: HttpRequest, rule_id: str) -> HttpResponse:
    """Show everything about one rule."""
    try:
        found = rule_page(rule_id, now=clock.read())
    except LookupError as error:
        raise Http404 from error
    return render(
        request,
        "console/rulebook/rule.html",
        {
            "rule_id": rule_id,
            "page": found,
            "may_propose": may(request.user, "rulebook_propose"),
        },
    )
