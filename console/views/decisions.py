"""The decisions page: every answer of the rulebook, by rule, verdict, campaign, seat or number."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from compliance import clock
from compliance.editions import book_to_show
from compliance.models import CampaignFiling, Decision, Person, Seat
from compliance.numbers import NumberProblem, normalise
from compliance.vault import number_index
from console.access import may
from console.selectors.decisions import after_from, decisions_page
from console.selectors.decisions_wanted import Wanted, local_text, wanted_from
from console.selectors.explained import reader_language
from console.selectors.objections import title_of
from console.selectors.refused_campaigns import refused_campaigns
from console.templatetags.either import either
from console.trail import note
from console.words import FAMILIES, ORIGINS, STANDINGS, STOPS, Words

PERMITS = {
    "used": ("已使用的许可", "permits used"),
    "sent": ("已发出 INVITE", "INVITE sent"),
}


@require_GET
def decisions(request: HttpRequest) -> HttpResponse:
    """Show one page of decisions."""
    wanted = wanted_from(request.GET)
    after = after_from(request.GET.get("after", ""))
    language, now = reader_language(), clock.read()
    book = book_to_show(now)
    first_page = after is None and wanted == Wanted()
    return render(
        request,
        "console/decisions.html",
        {
            "wanted": wanted,
            "only": chips(wanted),
            "span": (local_text(wanted.since), local_text(wanted.until)),
            "page": decisions_page(wanted=wanted, after=after, now=now),
            "first_page": after is None,
            "may_find": may(request.user, "decisions_by_number"),
            "person": Person.objects.filter(pk=wanted.person).first() if wanted.person else None,
            "rules": [(rule.id, title_of(rule.id, language, book=book)) for rule in book.rules()],
            "families": FAMILIES.items(),
            "verdicts": Decision.Verdict.choices,
            "kinds": Decision.Kind.choices,
            "campaigns": CampaignFiling.objects.order_by("code").values_list("code", "name"),
            "seats": Seat.objects.order_by("code").values_list("code", flat=True),
            "refused_campaigns": refused_campaigns(language=language) if first_page else [],
        },
    )


def chips(wanted: Wanted) -> list[tuple[str, str, Words]]:
    """Return what a link asked for that has no field: name, value, and what to call it."""
    running = either("运行中的外呼任务", "campaigns that run")
    told: list[tuple[str, str, Words]] = [
        ("running", "1" if wanted.running else "", running),
        ("stands", wanted.stands, STOPS.get(wanted.stands) or STANDINGS.get(wanted.stands, "")),
        ("permit", wanted.permit, either(*PERMITS.get(wanted.permit, ("", "")))),
        ("origin", wanted.origin, ORIGINS.get(wanted.origin, wanted.origin)),
        ("caller", wanted.caller, wanted.caller),
        ("trunk", wanted.trunk, wanted.trunk),
        ("day", day := wanted.day.isoformat() if wanted.day else "", day),
    ]
    return [chip for chip in told if chip[1]]


@sensitive_post_parameters("number")
@require_POST
def decisions_by_number(request: HttpRequest) -> HttpResponse:
    """Find one person by the exact number, which is in no address and comes back in no page."""
    person = None
    try:
        number = normalise(request.POST.get("number", ""))
        person = Person.objects.filter(number_index=number_index(number.e164)).first()
        note(
            "number.searched",
            request=request,
            obj=f"person:{person.pk}" if person else "person:none",
        )
        if person is None:
            messages.warning(request, _("Nobody with this number is on record here."))
    except NumberProblem:
        messages.warning(request, _("This is not a number that could be called."))
    page = reverse("console:decisions")
    return redirect(f"{page}?{urlencode({'person': person.pk})}" if person else page)
