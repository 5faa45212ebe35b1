"""The refusals that were heard in one call, by whatever ear."""

from django.db.models import QuerySet

from compliance.models import Permit, Refusal


def refusals_of_call(permit: Permit) -> QuerySet[Refusal]:
    """Return what the callee of the permit's call said no to in it."""
    return Refusal.objects.filter(person_id=permit.person_id, evidence=evidence_of_call(permit))


def evidence_of_call(permit: Permit) -> str:
    """Return how a refusal names the call that proves it."""
    return f"permit:{permit.pk}"
