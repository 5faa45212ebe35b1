"""Runs `leads_import` as a person does, and reads back what it stored."""

import io
import json
from pathlib import Path
from typing import Any

from django.core.management import call_command

from compliance.services.person_for_number import number_of
from compliance.vault import unseal
from dialer.models import Lead

SOURCE = {
    "source": "own_form",
    "collected_by": "晨星教育科技有限公司",
    "notice": "我们会致电答复您。",
}


def run_import(path: Path, **options: Any) -> dict[str, Any]:
    """Import a list and return the JSON that the command printed."""
    out = io.StringIO()
    given: dict[str, Any] = {
        "campaign": "spring-course",
        "list": "官网三月",
        "by": "supervisor",
        **SOURCE,
    }
    if not options.get("dry_run") and not options.get("plan"):
        given["yes"] = True
    call_command("leads_import", str(path), **{**given, **options}, json=True, stdout=out)
    answer: dict[str, Any] = json.loads(out.getvalue())
    return answer


def stored_leads() -> list[tuple[str, str, str]]:
    """Return number, name and reference of every lead, in the order of dialling."""
    return [
        (number_of(lead.person), _name(lead), lead.external_ref)
        for lead in Lead.objects.select_related("person").order_by("due_at", "pk")
    ]


def _name(lead: Lead) -> str:
    sealed = bytes(lead.name_sealed)
    return unseal(sealed, bound_to=bytes(lead.person.number_index)) if sealed else ""
