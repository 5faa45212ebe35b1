"""One decision: its findings, what they rest on, its facts, and what became of its permit."""

import json
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from compliance.models import Decision
from console.access import may, member
from console.selectors.explained import (
    edition_named,
    facts_intact,
    findings_of,
    reader_language,
    same_book,
    traces,
)
from dialer.models import Attempt
from dialer.services.recording_play import may_hear

OPENS = ("decision_facts", "proof", "rulebook_edition")


@require_GET
def decision(request: HttpRequest, decision_id: UUID) -> HttpResponse:
    """Show one decision on a page that prints."""
    row = _row(decision_id)
    permit = getattr(row, "permit", None)
    attempt = (
        Attempt.objects.select_related("recording").filter(permit=permit).first()
        if permit
        else None
    )
    recording = getattr(attempt, "recording", None)
    language = reader_language()
    return render(
        request,
        "console/decision.html",
        {
            "decision": row,
            "findings": findings_of(row, language=language),
            "permit": permit,
            "attempt": attempt,
            "recording": recording,
            "may_hear": recording and recording.bytes and may_hear(recording, member(request)),
            "traces": traces(decision=row, permit=permit, attempt=attempt, language=language),
            "whole": True,
            "intact": facts_intact(row),
            "same_book": same_book(row),
            "edition": edition_named(row),
            "may": {name: may(request.user, name) for name in OPENS},
        },
    )


@require_GET
def decision_findings(request: HttpRequest, decision_id: UUID) -> HttpResponse:
    """Show the findings alone, inside the list of decisions."""
    row = _row(decision_id)
    return render(
        request,
        "console/decision/findings.html",
        {
            "decision": row,
            "findings": findings_of(row, language=reader_language()),
            "permit": getattr(row, "permit", None),
        },
    )


@require_GET
def decision_facts(request: HttpRequest, decision_id: UUID) -> HttpResponse:
    """Show the facts that were decided on; numbers are digests in them."""
    row = _row(decision_id)
    facts = json.dumps(json.loads(bytes(row.facts)), ensure_ascii=False, indent=2, sort_keys=True)
    return render(
        request,
        "console/facts.html",
        {"decision": row, "facts": facts, "intact": facts_intact(row)},
    )


def _row(decision_id: UUID) -> Decision:
    rows = Decision.objects.select_related(
        "filing__principal", "person", "seat", "permit__trunk", "permit__caller_number"
    )
    return get_object_or_404(rows, pk=decision_id)
