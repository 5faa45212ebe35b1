"""How the audit trail names what a person, a campaign or a complaint is about."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from audit.exports.selection import Mentions
from compliance.models import Complaint, Permit, Person
from compliance.services.person_for_number import number_of
from dialer.models import Attempt, Campaign, Lead, Recording


def mentions_of_person(person: Person) -> Mentions:
    """Return everything that the trail can say about calls to a person."""
    permits = person.permits.values_list("pk", flat=True)
    leads = Lead.objects.filter(person=person).values_list("pk", flat=True)
    complaints = person.complaints.values_list("pk", flat=True)
    return Mentions(
        about=f"person:{person.pk}",
        objects=frozenset(
            {
                f"person:{person.pk}",
                *_named("permit", permits),
                *_named("decision", person.decisions.values_list("pk", flat=True)),
                *_named("consent", person.consents.values_list("pk", flat=True)),
                *_named("refusal", person.refusals.values_list("pk", flat=True)),
                *_named("attempt", _attempts(person.permits.all())),
                *_named("recording", _recordings(person.permits.all())),
                *_named("lead", leads),
                *_named("complaint", complaints),
            }
        ),
        facts=(
            {"person": person.pk},
            *({"permit": str(permit)} for permit in permits),
            *({"lead": lead} for lead in leads),
            *({"complaint": complaint} for complaint in complaints),
        ),
        values=frozenset({number_of(person)}),
    )


def mentions_of_campaign(campaign: Campaign) -> Mentions:
    """Return what the trail says about a campaign: its filing, its decisions and its calls."""
    permits = Permit.objects.filter(filing_id=campaign.filing_id)
    return Mentions(
        about=f"filing:{campaign.filing_id}",
        objects=frozenset(
            {
                f"filing:{campaign.filing_id}",
                f"campaign:{campaign.pk}",
                *_named("permit", permits.values_list("pk", flat=True)),
                *_named("attempt", _attempts(permits)),
                *_named("recording", _recordings(permits)),
                *_named("lead", campaign.leads.values_list("pk", flat=True)),
            }
        ),
        facts=({"filing": campaign.filing_id},),
    )


def mentions_of_complaint(complaint: Complaint) -> Mentions:
    """Return what the trail says about a complaint, and about the calls that it is about."""
    person = mentions_of_person(complaint.person)
    suspensions = complaint.suspensions.values_list("pk", flat=True)
    return Mentions(
        about=f"complaint:{complaint.pk}",
        objects=person.objects | {f"complaint:{complaint.pk}", *_named("suspension", suspensions)},
        facts=(*person.facts, {"complaint": complaint.pk}),
        values=person.values,
    )


def _attempts(permits: QuerySet[Permit]) -> list[int]:
    return list(Attempt.objects.filter(permit__in=permits).values_list("pk", flat=True))


def _recordings(permits: QuerySet[Permit]) -> list[UUID]:
    rows = Recording.objects.filter(attempt__permit__in=permits)
    return list(rows.values_list("pk", flat=True))


def _named(kind: str, ids: Iterable[object]) -> set[str]:
    return {f"{kind}:{one}" for one in ids}
