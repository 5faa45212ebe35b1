"""Requests of the persons called that nobody has answered yet."""

from django.db.models import Exists, OuterRef, QuerySet

from compliance.models import SubjectRequest, SubjectRequestEvent

ENDS = (SubjectRequestEvent.Kind.ANSWERED, SubjectRequestEvent.Kind.DECLINED)


def unanswered() -> QuerySet[SubjectRequest]:
    """Return the requests that were neither answered nor declined."""
    ended = SubjectRequestEvent.objects.filter(request=OuterRef("pk"), kind__in=ENDS)
    return SubjectRequest.objects.filter(~Exists(ended))


def may_be_answered(request: SubjectRequest) -> bool:
    """Return whether the person is known to be who they say, and nobody has answered yet."""
    known = request.events.filter(kind=SubjectRequestEvent.Kind.IDENTIFIED).exists()
    return known and unanswered().filter(pk=request.pk).exists()
