"""Consents: found by the exact number, each with its evidence; taken back as easily as given."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from compliance import clock
from compliance.models import Consent, ConsentForm, ConsentSampleItem, Person
from compliance.numbers import NumberProblem, normalise
from compliance.services.consent_withdraw import consent_withdraw
from compliance.services.person_for_number import known_person
from console.access import may
from console.asked import person_from
from console.templatetags.either import either
from console.trail import actor_of, note

MOST = 200  # consents of one person on a page; nobody has given more


@require_GET
def consents(request: HttpRequest) -> HttpResponse:
    """Show the consents of one person, or the form to find one."""
    key = person_from(request.GET.get("person", ""))
    person = None if key is None else Person.objects.filter(pk=key).first()
    rows = Consent.objects.filter(person=person).select_related("whitelist__principal")
    return render(
        request,
        "console/administration/consents.html",
        {
            "person": person,
            "consents": list(rows.order_by("-given_at", "-pk")[:MOST]) if person else [],
            "refusals": person.refusals.count() if person else 0,
            "now": clock.read(),
        },
    )


@sensitive_post_parameters("number")
@require_POST
def consents_find(request: HttpRequest) -> HttpResponse:
    """Find one person by the exact number, which is in no address and comes back in no page."""
    page = reverse("console:consents")
    try:
        person = known_person(number=normalise(request.POST.get("number", "")))
    except NumberProblem as problem:
        messages.warning(request, either(problem.words.zh, problem.words.en))
        return redirect(page)
    obj = f"person:{person.pk}" if person else "person:none"
    note("number.searched", request=request, obj=obj)
    if person is None:
        words = ("没有此号码的记录。", "Nobody with this number is on record.")
        messages.warning(request, either(*words))
        return redirect(page)
    return redirect(f"{page}?{urlencode({'person': person.pk})}")


@require_GET
def consent(request: HttpRequest, consent_id: int) -> HttpResponse:
    """Show one consent with all that proves it."""
    rows = Consent.objects.select_related("person", "whitelist__principal")
    row = get_object_or_404(rows, pk=consent_id)
    form = ConsentForm.objects.filter(
        principal=row.whitelist.principal, text_sha256=row.text_shown_sha256
    )
    sampled = ConsentSampleItem.objects.filter(consent=row).select_related("finding", "sample")
    return render(
        request,
        "console/administration/consent.html",
        {
            "consent": row,
            "form": form.select_related("author", "approver").first(),
            "sampled": list(sampled.order_by("pk")),
            "permits": row.permits.count(),
            "may_withdraw": may(request.user, "consent_withdraw"),
            "now": clock.read(),
        },
    )


@require_POST
def consent_take_back(request: HttpRequest, consent_id: int) -> HttpResponse:
    """Take a consent back; from here on nothing is dialled on it. Never refused."""
    row = get_object_or_404(Consent, pk=consent_id)
    if consent_withdraw(consent=row, actor=actor_of(request), now=clock.read()):
        words = ("已撤回；未用的许可已作废。", "Withdrawn; permits that nobody used are void.")
    else:
        words = ("此前已撤回。", "It was withdrawn before.")
    messages.success(request, either(*words))
    return redirect("console:consent", consent_id=row.pk)
