"""The number dossier: everything about calls to one person, in one time line with its proofs."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from compliance import clock
from compliance.models import Person, User
from compliance.numbers import NumberProblem, normalise
from compliance.services.number_reveal import REASONS, RevealRefusedError, number_reveal
from compliance.services.person_for_number import known_person
from console.access import may, member
from console.papers.dossier import dossier_paper as paper
from console.selectors.officer.dossier import chosen, latest_answers, tallies, time_line
from console.templatetags.either import either
from console.trail import note
from dialer.person_records import may_read_all


@sensitive_post_parameters("number")
@require_http_methods(["GET", "POST"])
def dossiers(request: HttpRequest) -> HttpResponse:
    """Find a person by the exact number, which is in no address and comes back in no page."""
    problem = ""
    if request.method == "POST":
        person, problem = _found(request)
        if person is not None:
            return redirect("console:dossier", person_id=person.pk)
    return render(request, "console/officer/dossiers.html", {"problem": problem})


@sensitive_variables("text", "number")
def _found(request: HttpRequest) -> tuple[Person | None, str]:
    text = request.POST.get("number", "")
    if not text.strip():
        return None, either("请输入完整号码。", "Enter the whole number.")
    try:
        number = normalise(text)
    except NumberProblem as problem:
        words = problem.words
        return None, either(words.zh, words.en)
    person = known_person(number=number)
    about = f"person:{person.pk}" if person else "person:none"
    note("number.searched", request=request, obj=about)
    if person is None:
        return None, either(
            "本系统没有该号码的任何记录：从未列入名单，从未呼叫。",
            "Nothing is on record about this number: it was on no list, and nobody called it.",
        )
    return person, ""


@require_GET
def dossier(request: HttpRequest, person_id: int) -> HttpResponse:
    """Show one page of a person's time line."""
    person, kind = _person(request, person_id), request.GET.get("kind", "")
    return render(request, "console/officer/dossier.html", _shown(request, person, kind))


@sensitive_variables("number")
@require_POST
def dossier_reveal(request: HttpRequest, person_id: int) -> HttpResponse:
    """Show the number once, in the answer to this very request; no address leads to it."""
    person, now = _person(request, person_id), clock.read()
    try:
        number = number_reveal(
            person=person, by=member(request), reason=request.POST.get("reason", ""), now=now
        )
    except RevealRefusedError:
        messages.warning(request, either("请选择理由。", "Choose a reason."))
        return redirect("console:dossier", person_id=person.pk)
    shown = _shown(request, person, "") | {"number": number}
    return render(request, "console/officer/dossier.html", shown)


@require_GET
def dossier_paper(request: HttpRequest, person_id: int) -> HttpResponse:
    """Give the dossier as a bilingual PDF."""
    person, now = _person(request, person_id), clock.read()
    content = paper(person=person, reader=member(request), now=now)
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="dossier-{person.pk}.pdf"'},
    )


def _shown(request: HttpRequest, person: Person, kind: str) -> dict[str, object]:
    reader, after = member(request), request.GET.get("after", "")
    sources = chosen(kind)
    return {
        "person": person,
        "line": time_line(person=person, reader=reader, kind=kind, after=after),
        "kind": kind if len(sources) == 1 else "",
        "first_page": not after,
        "tallies": tallies(person=person, reader=reader),
        "answers": latest_answers(person),
        "refused": person.refusals.filter(lift=None).exists(),
        "consents": person.consents.standing().count(),
        "may_reveal": may(reader, "dossier_reveal"),
        "may_pack": may(reader, "dossier_bundle"),
        "may_disclose": reader.role == User.Role.COMPLIANCE,
        "reasons": [(code, either(words.zh, words.en)) for code, words in REASONS.items()],
    }


def _person(request: HttpRequest, person_id: int) -> Person:
    """Return the person, but to nobody who has a part in a complaint of theirs."""
    person = get_object_or_404(Person, pk=person_id)
    if not may_read_all(person, member(request)):
        note("access.denied", request=request, obj=f"person:{person.pk}", outcome="denied")
        raise PermissionDenied
    return person
