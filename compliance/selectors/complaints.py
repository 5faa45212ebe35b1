"""Complaints as those may see them who have no part in what they are about."""

from django.db.models import BooleanField, Exists, F, Func, OuterRef, QuerySet, Value

from compliance.models import Complaint, ComplaintEvent, User

READERS = frozenset({User.Role.COMPLIANCE, User.Role.ADMINISTRATOR, User.Role.REGULATOR})


def still_open(complaints: QuerySet[Complaint]) -> QuerySet[Complaint]:
    """Keep the complaints that nobody has closed."""
    return complaints.filter(~Exists(_events(ComplaintEvent.Kind.CLOSED)))


def upheld(complaints: QuerySet[Complaint]) -> QuerySet[Complaint]:
    """Keep the complaints that were found to be right."""
    return complaints.filter(Exists(_events(ComplaintEvent.Kind.UPHELD)))


def complaints_for(user: User) -> QuerySet[Complaint]:
    """Return the complaints that the account may see: none of those that it has a part in.

    The database answers who has a part, by the same function that guards the steps of a case.
    """
    if user.role not in READERS or not user.is_active:
        return Complaint.objects.none()
    return Complaint.objects.annotate(
        has_a_part=Func(
            Value(user.pk),
            F("pk"),
            function="compliance_is_accused",
            output_field=BooleanField(),
        )
    ).filter(has_a_part=False)


def _events(kind: ComplaintEvent.Kind) -> QuerySet[ComplaintEvent]:
    return ComplaintEvent.objects.filter(complaint=OuterRef("pk"), kind=kind)
